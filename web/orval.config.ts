/** The API client, generated from the document the server prints (`gausdo openapi`); never edited. */
export default {
  gausdo: {
    input: './openapi.json',
    output: {
      mode: 'tags',
      target: 'src/shared/api/generated/api.ts',
      schemas: 'src/shared/api/generated/model',
      client: 'fetch',
      clean: true,
      indexFiles: true,
      urlEncodeParameters: true,
      override: {
        mutator: { path: './src/shared/api/http.ts', name: 'http' },
        fetch: { includeHttpResponseReturnType: false },
      },
    },
  },
}
