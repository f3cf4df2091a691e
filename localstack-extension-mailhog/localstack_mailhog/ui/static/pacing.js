/* Doing something again and again, but not more often than is good. */

/** A function that runs `work` soon, once for all its calls since the last run.

    Runs never overlap, and after each it rests: `rest` milliseconds, or several times as long as the run took. */
export function paced(work, rest, times = 0) {
  let isWanted = false;
  let isBusy = false;

  async function run() {
    isBusy = true;
    while (isWanted) {
      isWanted = false;
      const began = performance.now();
      try {
        await work();
      } catch {
        /* It is tried again when it is wanted again. */
      }
      const took = performance.now() - began;
      await new Promise((resolve) => setTimeout(resolve, Math.max(rest, took * times)));
    }
    isBusy = false;
  }

  return () => {
    isWanted = true;
    if (!isBusy) {
      run();
    }
  };
}
