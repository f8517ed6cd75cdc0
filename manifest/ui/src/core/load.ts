/** Modules of the mapping core, on their way into the page. */

/** What a module's `init` takes: nothing in a page, its bytes elsewhere. */
interface Source {
  module_or_path: BufferSource;
}

/** Loads a module once and answers its functions; a load that failed is tried again by the next caller. */
export function once<M>(init: (source?: Source) => Promise<unknown>, functions: M): (source?: Source) => Promise<M> {
  let loading: Promise<M> | undefined;
  return (source) => {
    loading ??= init(source).then(
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
