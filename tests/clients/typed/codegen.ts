import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: process.env.SCHEMA,
  documents: ["screens.ts"],
  generates: {
    "./gql/": {
      preset: "client",
      config: {
        strictScalars: true,
        useTypeImports: true,
        enumsAsTypes: true,
        scalars: { UUID: "string", DateTime: "string", Date: "string", JSON: "unknown", Base64: "string" },
      },
    },
  },
};
export default config;
