declare module "asl-validator" {
  /** Checks against the schema of Amazon States Language, its JSONPaths, and where states lead to. */
  // biome-ignore lint/style/noDefaultExport: the package is like that
  export default function validate(definition: unknown): { isValid: boolean; errors: unknown[] };
}
