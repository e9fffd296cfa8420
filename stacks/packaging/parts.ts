/** A package with native code: which of its files a Lambda or the image needs. */
export interface Part {
  name: string;
  files: RegExp;
  /** Whose dependency it is, where it may be missing: on a machine that is no 64-bit Linux. */
  optionalOf?: string;
}

const ANY_CODE = /(^|\/)(package\.json|LICENSE[^/]*|.*\.c?js)$/;

/** Decodes photos. */
export const SHARP: Part[] = [
  { name: "sharp", files: /^(package\.json|LICENSE|dist\/.*\.[cm]js)$/ },
  { name: "semver", files: ANY_CODE },
  { name: "detect-libc", files: ANY_CODE },
  { name: "@img/colour", files: ANY_CODE },
  {
    name: "@img/sharp-linux-x64",
    files: /^(package\.json|LICENSE|index\.cjs|lib\/.*\.node)$/,
    optionalOf: "sharp",
  },
  {
    name: "@img/sharp-libvips-linux-x64",
    files: /^(package\.json|versions\.json|lib\/index\.js|lib\/.*\.so[.0-9]*)$/,
    optionalOf: "@img/sharp-linux-x64",
  },
];

/** Runs models. */
export const ONNXRUNTIME: Part[] = [
  {
    name: "onnxruntime-node",
    // Not all that lies there: its install script adds CUDA's providers, which are larger than Lambda takes.
    files:
      /^(package\.json|dist\/.*\.js|bin\/napi-v\d+\/linux\/x64\/(libonnxruntime\.so\.1|onnxruntime_binding\.node))$/,
  },
  { name: "onnxruntime-common", files: /^(package\.json|dist\/cjs\/.*\.(js|json))$/ },
];

/** Where the predict page's files lie, and which: beside a bundle they are found as beside the sources. */
export const PAGE = { folder: "packages/serving/src/page", files: /\.(html|css|js|svg)$/ };

/** The page of `/docs`. */
export const SWAGGER: Part = {
  name: "swagger-ui-dist",
  files: /^(package\.json|swagger-ui\.css|swagger-ui-bundle\.js|LICENSE|NOTICE)$/,
};
