/** Maps with at most `limit` at once; results in order. After the first failure nothing more is begun. */
export async function mapLimit<T, R>(
  items: Iterable<T>,
  limit: number,
  change: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items].entries();
  let hasFailed = false;
  const worker = async () => {
    for (const [index, item] of queue) {
      if (hasFailed) return;
      results[index] = await change(item, index).catch((error) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}
