/** Runs what a command does; a failure is told in its own sentence, without a stack, and ends the command with 1. */
export function runScript(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
