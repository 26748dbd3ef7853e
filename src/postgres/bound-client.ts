import pg from 'pg'

interface Offer {
  mechanisms: string[]
}

/**
 * A client for `channel_binding=require`: it logs in only if the server proves, during the login, that this TLS
 * connection ends at the server that holds the password's verifier. A man in the middle cannot prove that.
 */
export class BoundClient extends pg.Client {
  #isOffered = false
  #isProven = false

  constructor(config?: pg.ClientConfig) {
    super(config)
    const {connection} = this
    // These run before the driver's own listeners, which answer with the password; a destroyed stream sends nothing
    connection.on('authenticationSASL', ({mechanisms}: Offer) => {
      this.#isOffered = mechanisms.includes('SCRAM-SHA-256-PLUS')
      if (!this.#isOffered) this.#refuse()
    })
    connection.on('authenticationSASLFinal', () => {
      this.#isProven = this.#isOffered
    })
    connection.on('authenticationOk', () => {
      if (!this.#isProven) this.#refuse()
    })
    connection.on('authenticationCleartextPassword', () => this.#refuse())
    connection.on('authenticationMD5Password', () => this.#refuse())
  }

  #refuse(): void {
    this.connection.stream.destroy(
      new Error('channel_binding=require, but the server offers no channel binding'),
    )
  }
}
