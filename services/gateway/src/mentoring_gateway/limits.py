"""How much an operation asks for, measured before it is validated and run.

Ours and not Strawberry's QueryDepthLimiter and MaxAliasesLimiter, because those visit a fragment anew for every spread:
thirty fragments that each spread the next one twice keep them busy for 2^30 visits. Here a fragment is measured once.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    get_operation_ast,
    is_list_type,
)
from strawberry.extensions import MaskErrors, ParserCache, ValidationCache
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types import ExecutionContext

from mentoring_common.errors import DomainError, Unauthenticated
from mentoring_gateway.context import Context
from mentoring_gateway.errors import QueryTooCostly, QueryTooDeep, TooManyAliases, shown
from mentoring_gateway.settings import DEFAULT_PAGE, LIMITS, MAX_PAGE, Limits

CALL_COST = 20
LIST_SIZE = 10  # of a list that is no connection


@dataclass(frozen=True)
class Size:
    """Nesting of fields, number of aliases, and cost: fields times the page sizes around them."""

    depth: int = 0
    introspection_depth: int = 0
    aliases: int = 0
    cost: int = 0

    def beside(self, other: "Size") -> "Size":
        """Both selections next to each other."""
        return Size(
            max(self.depth, other.depth),
            max(self.introspection_depth, other.introspection_depth),
            self.aliases + other.aliases,
            self.cost + other.cost,
        )


class Measure:
    """Measures operations of one document against a schema."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._variables = variables
        found = document.definitions
        self._fragments = {node.name.value: node for node in found if isinstance(node, FragmentDefinitionNode)}
        self._known: dict[str, Size] = {}
        self.depends = False  # whether a page size was read from the variables

    def operation(self, node: OperationDefinitionNode) -> Size:
        """The size of an operation; an unknown field counts one, validation will name it."""
        return self._selections(node.selection_set, self._schema.get_root_type(node.operation))

    def _selections(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Size:
        size = Size()
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                size = size.beside(self._field(node, parent))
            elif isinstance(node, FragmentSpreadNode):
                size = size.beside(self._fragment(node.name.value))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else parent
                size = size.beside(self._selections(node.selection_set, inner))
        return size

    def _fragment(self, name: str) -> Size:
        if name not in self._known:
            self._known[name] = Size()  # a fragment within itself: validation refuses it
            node = self._fragments.get(name)
            if node is not None:
                condition = self._schema.get_type(node.type_condition.name.value)
                self._known[name] = self._selections(node.selection_set, condition)
        return self._known[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Size:
        introspective = node.name.value.startswith("__")
        definition = None
        if isinstance(parent, GraphQLObjectType):
            definition = self._schema.get_field(parent, node.name.value)
        type_ = definition.type if definition else None
        inner = self._selections(node.selection_set, get_named_type(type_) if type_ else None)
        strawberry_field = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF) if definition else None
        calls = bool(strawberry_field and strawberry_field.metadata.get("calls"))
        times = 1 if introspective or type_ is None else self._times(node, type_, parent)
        many = self._ids(node)
        size = Size(
            inner.depth + 1 if node.selection_set else 0,
            inner.introspection_depth,
            inner.aliases + (node.alias is not None),
            (CALL_COST if calls else 1) * (many or 1) + (many or times) * inner.cost,
        )
        return replace(size, depth=0, introspection_depth=size.depth) if introspective else size

    def _ids(self, node: FieldNode) -> int | None:
        """How many things a field asks for by their ids; None for a field that takes no `ids`."""
        value = next((a.value for a in node.arguments or () if a.name.value == "ids"), None)
        if isinstance(value, VariableNode):
            self.depends = True
            given = self._variables.get(value.name.value)
            return min(max(len(given), 1), MAX_PAGE) if isinstance(given, list) else MAX_PAGE
        return max(len(value.values), 1) if isinstance(value, ListValueNode) else None

    def _times(self, node: FieldNode, type_: Any, parent: GraphQLNamedType | None) -> int:
        """How many items a field may give."""
        if get_named_type(type_).name.endswith("Connection"):
            return self._page_size(node)
        in_page = parent is not None and (parent.name.endswith("Connection") or parent.name.startswith("__"))
        return LIST_SIZE if is_list_type(get_nullable_type(type_)) and not in_page else 1

    def _page_size(self, node: FieldNode) -> int:
        given = [self._size(a.value) for a in node.arguments or () if a.name.value in ("first", "last")]
        sizes = [size for size in given if size is not None]
        return max(sizes) if sizes else DEFAULT_PAGE

    def _size(self, value: Any) -> int | None:
        """How many a size asks for; None for null, with which a client that pages both ways leaves one out."""
        if isinstance(value, VariableNode):
            self.depends = True
            given = self._variables.get(value.name.value, MAX_PAGE)
        else:
            given = int(value.value) if isinstance(value, IntValueNode) else None
        if given is None:
            return None
        return min(max(given, 1), MAX_PAGE) if isinstance(given, int) else MAX_PAGE


def check(size: Size, limits: Limits = LIMITS) -> None:
    """QueryTooDeep, TooManyAliases or QueryTooCostly if the operation asks for too much."""
    if size.depth > limits.depth or size.introspection_depth > limits.introspection_depth:
        raise QueryTooDeep(most=limits.depth, asked=max(size.depth, size.introspection_depth))
    if size.aliases > limits.aliases:
        raise TooManyAliases(most=limits.aliases, asked=size.aliases)
    if size.cost > limits.cost:
        raise QueryTooCostly(most=limits.cost, asked=size.cost)


def _is_kept(query: str | None) -> bool:
    """Whether the caches take a document: hundreds of long ones, of anybody, would fill the memory."""
    return query is not None and len(query) <= LIMITS.kept_characters


class Parsing(ParserCache):
    """Parses, or takes a document known before from a cache."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        context.context.documents.require(context.query)
        if not _is_kept(context.query):
            yield
            return
        # What cannot be parsed is parsed again by Strawberry, which reports it as an error of this operation.
        with suppress(GraphQLError, RecursionError):
            context.graphql_document = self.cached_parse_document(context.query, **context.parse_options)
        yield


class LimitedValidation(ValidationCache):
    """Refuses what is too large, and validates the rest (a document known before from a cache)."""

    def __init__(self, known: "Known", maxsize: int) -> None:
        super().__init__(maxsize=maxsize)
        self._known = known

    def on_validate(self) -> Iterator[None]:
        refusal = self._refusal()
        if refusal is not None:
            self.execution_context.pre_execution_errors = [refusal]
        elif _is_kept(self.execution_context.query):
            yield from super().on_validate()
            if not self.execution_context.pre_execution_errors:
                self._known.remember(self.execution_context)
            return
        yield

    def _refusal(self) -> GraphQLError | None:
        context = self.execution_context
        assert context.graphql_document is not None
        shared: Context = context.context
        measure = Measure(context.schema._schema, context.graphql_document, context.variables or {})
        asked = get_operation_ast(context.graphql_document, context._provided_operation_name)
        if asked is None:
            return GraphQLError("`operationName` has to say which of the operations is meant")
        try:
            for operation in _operations(context.graphql_document):
                size = measure.operation(operation)
                check(size)
                if operation is asked:
                    shared.cost = size.cost
                if size.introspection_depth and not shared.may_see_schema:
                    raise Unauthenticated("the schema is shown to whoever has an access token")
        except DomainError as error:
            return GraphQLError(str(error), original_error=error)
        except RecursionError as error:
            return GraphQLError(QueryTooDeep.title(), original_error=error)
        return None


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]


@dataclass(frozen=True)
class KnownDocument:
    """A document of one operation that was found right; `depends` on variables how much it costs."""

    document: DocumentNode
    operation: OperationDefinitionNode
    cost: int
    depends: bool

    def measured(self, schema: GraphQLSchema, variables: Mapping[str, Any]) -> int:
        """What it costs with these variables; QueryTooCostly if that is too much."""
        if not self.depends:
            return self.cost
        size = Measure(schema, self.document, variables).operation(self.operation)
        check(size)
        return size.cost


class Known:
    """Documents of one query or mutation that were found right: they stay right, whatever their variables.

    Whoever sends one again needs none of the steps before it is run. None looks at the schema: not everybody may.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._documents: dict[str, KnownDocument] = {}

    def remember(self, context: ExecutionContext) -> None:
        """Take in the document of an operation that was validated."""
        document, query = context.graphql_document, context.query
        assert document is not None
        assert query is not None
        operations = _operations(document)
        if len(operations) != 1 or operations[0].operation is OperationType.SUBSCRIPTION:
            return
        measure = Measure(context.schema._schema, document, {})
        size = measure.operation(operations[0])
        if size.introspection_depth:
            return
        if len(self._documents) >= self._most:
            self._documents.pop(next(iter(self._documents)))
        self._documents[query] = KnownDocument(document, operations[0], size.cost, measure.depends)

    def find(self, query: str, operation_name: str | None) -> KnownDocument | None:
        """The document of this text, if it is known and its operation is the one that is asked for."""
        found = self._documents.get(query)
        if found is None or operation_name is None:
            return found
        name = found.operation.name
        return found if name is not None and name.value == operation_name else None


class ShownErrors(MaskErrors):
    """Gives every error its code and masks what is no business of the caller's."""

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        shared: Context = self.execution_context.context
        return shown(error, guessing=shared.may_see_schema)
