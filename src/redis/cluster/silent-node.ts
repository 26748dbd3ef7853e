/** A node of a cluster does not answer, so that nothing of its slots can be read. */
export class SilentNodeError extends Error {
  /** @param server its host and port */
  constructor(server: string, cause?: unknown) {
    super(`node ${server} does not answer`, {cause})
    this.name = 'SilentNodeError'
  }
}
