/**
 * The runner of the tests answers what its processes ask, also one that has ended meanwhile. The error of that answer has no
 * listener and would end the whole run, though nothing is lost: a process that ends too early is reported by its exit.
 */
export function forgiveLateAnswers(): void {
  process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && error.syscall === 'write') return
    throw error
  })
}
