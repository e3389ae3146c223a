// Types for the operations in src, from the schema: `npm run codegen` after either has changed.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: process.env.PORTAL_SCHEMA ?? '../../../schema/schema.graphql', // or what GET /schema.graphql answered
  documents: ['src/*.ts'],
  generates: {
    './src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string', // operations stay text: nothing of graphql-js is shipped to browsers
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: { DateTime: 'string', Date: 'string', MinorUnits: 'number', JSON: 'unknown' },
        emitLegacyCommonJSImports: false,
        importExtension: '.js',
      },
    },
  },
};

export default config;
