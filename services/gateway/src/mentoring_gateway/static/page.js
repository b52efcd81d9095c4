// GraphiQL on the endpoint that the page comes from; a token goes into its headers as `Authorization`.
const address = new URL(window.location.pathname, window.location.href);
const sockets = new URL(address);
sockets.protocol = address.protocol === "https:" ? "wss:" : "ws:";
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: address.href, subscriptionUrl: sockets.href }),
    defaultEditorToolsVisibility: "headers",
  }),
);
