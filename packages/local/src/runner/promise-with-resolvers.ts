/** aws-local-stepfunctions asks for `Promise.withResolvers`, which Node 20 lacks. Import before the library. */
interface WithResolvers<T> {
  promise: Promise<T>;
  resolve: (value: T | PromiseLike<T>) => void;
  reject: (reason?: unknown) => void;
}
const target = Promise as unknown as { withResolvers?: <T>() => WithResolvers<T> };

target.withResolvers ??= <T>() => {
  const parts: Partial<WithResolvers<T>> = {};
  parts.promise = new Promise<T>((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts as WithResolvers<T>;
};
