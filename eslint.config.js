import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const noClock = { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Take a Clock.' };

export default defineConfig(
  { ignores: ['dist', 'build', 'coverage', 'node_modules', '**/*.mjs', '**/*.cjs', '*.js', 'views'] },
  ...tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Parts are plain objects of functions: none of them uses `this`.
      '@typescript-eslint/unbound-method': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings come from src/config.' },
        { object: 'Math', property: 'random', message: 'Use src/crypto/random.' },
        { object: 'Date', property: 'now', message: 'Take a Clock.' },
        { object: 'URL', property: 'canParse', message: 'Use parseUrl of core/model/uri: canParse is wrong about some letters in Node 20.' },
      ],
      'no-restricted-syntax': ['error', noClock],
    },
  },
  { files: ['src/config/**', 'src/demo/**', 'src/main.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['src/ops/clock.ts', 'src/demo/**'], rules: { 'no-restricted-properties': 'off', 'no-restricted-syntax': 'off' } },
  // chai's assertions are expressions.
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-unused-expressions': 'off', 'max-lines': 'off' } },
);
