import type { CodegenConfig } from "@graphql-codegen/cli";
import { addTypenameSelectionDocumentTransform } from "@graphql-codegen/client-preset";

// Types of every document, and persisted-documents.json, which `gerbang documents register` takes.
export default {
  schema: "../../gateway/schema/schema.graphql",
  documents: "src/**/*.ts*",
  generates: {
    "src/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: "sha256" } },
      documentTransforms: [addTypenameSelectionDocumentTransform],
      config: {
        useTypeImports: true,
        enumType: "string-literal",
        strictScalars: true,
        scalars: {
          Date: "string",
          DateTime: "string",
          CountryCode: "string",
          Cursor: "string",
          BigInt: "number",
          Hours: "number",
        },
      },
    },
  },
} satisfies CodegenConfig;
