import {Command} from 'ioredis'

/** A command whose bytes are built already; the key is kept as an argument for the routing of a cluster. */
export class PreparedCommand extends Command {
  readonly #bytes: Buffer

  /** @param bytes must not change until the reply has come */
  constructor(name: string, key: string, bytes: Buffer) {
    super(name, [key], {replyEncoding: 'utf8'})
    this.#bytes = bytes
  }

  override toWritable(): Buffer {
    return this.#bytes
  }
}
