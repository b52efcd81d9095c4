import type { CodegenConfig } from "@graphql-codegen/cli";

// Types of every operation, from the schema that the gateway serves.
const config: CodegenConfig = {
  schema: "../libs/contracts/src/mentoring_contracts/graphql/schema.graphql",
  documents: "src/**/*.graphql",
  generates: {
    "./src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        defaultScalarType: "unknown",
        scalars: { UUID: "string", DateTime: "string", Date: "string", JSON: "unknown", Base64: "string" },
      },
    },
  },
};

export default config;
