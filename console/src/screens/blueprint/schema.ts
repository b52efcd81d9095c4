// What a JSON Schema says of the member that a path leads to.
export interface Schema {
  title?: string;
  description?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  $ref?: string;
  $defs?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
}

export interface Explained {
  path: string[];
  description: string;
  /** The values that are taken, where they are few. */
  values: string[];
  members: { name: string; description: string; isRequired: boolean }[];
}

/** The innermost member on the path that the schema knows. */
export function explained(root: Schema, path: readonly string[]): Explained {
  let here = [root];
  let known = 0;
  let said = root.description ?? "";
  for (const name of path) {
    const next = here.flatMap((one) => below(root, one, name));
    if (next.length === 0) break;
    here = next.flatMap((one) => resolved(root, one));
    said = [...next, ...here].find((one) => one.description)?.description ?? "";
    known += 1;
  }
  const objects = here.flatMap((one) => resolved(root, one)).filter((one) => one.properties);
  return {
    path: path.slice(0, known),
    description: said,
    values: here.flatMap((one) => one.enum ?? (one.const === undefined ? [] : [one.const])).map(String),
    members: objects.flatMap((one) =>
      Object.entries(one.properties ?? {}).map(([name, member]) => ({
        name,
        description: [member, ...resolved(root, member)].find((part) => part.description)?.description ?? "",
        isRequired: one.required?.includes(name) ?? false,
      })),
    ),
  };
}

/** A schema with what it refers to and is a choice of, flat. */
function resolved(root: Schema, schema: Schema): Schema[] {
  const referred = schema.$ref ? root.$defs?.[schema.$ref.split("/").at(-1) ?? ""] : undefined;
  const parts = [...(referred ? [referred] : []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [schema, ...parts.flatMap((part) => resolved(root, part))];
}

function below(root: Schema, schema: Schema, name: string): Schema[] {
  return resolved(root, schema).flatMap((one) => {
    if (one.properties?.[name]) return [one.properties[name]];
    if (one.items && /^\d+$/.test(name)) return [one.items];
    return typeof one.additionalProperties === "object" ? [one.additionalProperties] : [];
  });
}
