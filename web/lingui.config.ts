import { formatter } from '@lingui/format-po'

export default {
  locales: ['en', 'ru'],
  sourceLocale: 'en',
  catalogs: [
    {
      path: '<rootDir>/src/locales/{locale}',
      include: ['src'],
      exclude: ['**/generated/**', '**/*.gen.ts'],
    },
  ],
  format: formatter({ lineNumbers: false }),
}
