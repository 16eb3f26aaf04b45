/**
 * What a promise comes to; or, should the process be left with nothing to do before that, something else instead. Node
 * would end the process without a word, since nothing can settle the promise any more.
 */
export async function unlessIdle<T>(promise: Promise<T>, otherwise: () => T): Promise<T> {
  let onIdle = (): void => {};
  const idle = new Promise<T>((resolve, reject) => {
    onIdle = () => {
      try {
        resolve(otherwise());
      } catch (error) {
        reject(error);
      }
    };
  });
  process.once("beforeExit", onIdle);
  try {
    return await Promise.race([promise, idle]);
  } finally {
    process.off("beforeExit", onIdle);
  }
}
