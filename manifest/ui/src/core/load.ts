/** Modules of the mapping core, on their way into the page. */

/** Loads a module once and answers its functions; a load that failed is tried again by the next caller. */
export function once<M>(init: () => Promise<unknown>, functions: M): () => Promise<M> {
  let loading: Promise<M> | undefined;
  return () => {
    loading ??= init().then(
      () => functions,
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
}

/** An argument as the core takes it: see `wasm/`. */
export function text(value: unknown): string {
  return value === undefined ? "null" : JSON.stringify(value);
}
