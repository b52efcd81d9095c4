// Swagger UI on the document that stands beside the page.
SwaggerUIBundle({ url: "openapi.json", dom_id: "#api", deepLinking: true, docExpansion: "none", validatorUrl: null });
