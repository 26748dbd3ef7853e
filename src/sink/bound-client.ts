import pg from 'pg'

interface Offer {
  mechanisms: string[]
}

/**
 * A client for `channel_binding=require`: logs in only where the server proves, within the login, that the
 * connection ends at the one who knows the verifier of the password. Whoever stands in between cannot.
 */
export class BoundClient extends pg.Client {
  #isOffered = false
  #isProven = false

  constructor(config?: pg.ClientConfig) {
    super(config)
    const {connection} = this
    // These listen before the driver's own, which answer with the password; nothing leaves a destroyed stream
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
