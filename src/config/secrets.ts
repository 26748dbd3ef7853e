/** What stands where a secret stood. */
export const MASK = '****'

/**
 * `scheme://user:password@`, up to the last @ before white space or a double quote: people paste passwords with an
 * unescaped @ or / in them, and then too much is masked rather than too little.
 */
const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@"]*):((?:\\.|[^\s"\\])*)@/gi

/** `password=…` in a query or a connection string, also quoted as libpq has it. */
const PASSWORD_FIELD =
  /\b((?:ssl|sentinel)?(?:password|passwd|pwd|passphrase))=('(?:\\.|[^'\\])*'|[^\s&'";]+)/gi

/** A text with every password of a URL or connection string masked. */
export function maskSecrets(text: string): string {
  return text.replace(USER_INFO, `$1:${MASK}@`).replace(PASSWORD_FIELD, `$1=${MASK}`)
}

/** Whether a URL carries a password in itself. */
export function hasPassword(url: string): boolean {
  return maskSecrets(url) !== url
}

/**
 * Masks URLs, and the passwords of `urls` wherever they stand alone: as written, decoded, percent-encoded, and as a
 * JSON string has them. A password that is also the user, the host or the database is shown there: a mask over
 * every "postgres" of a message would hide the message.
 */
export function createRedactor(urls: Iterable<string>): (text: string) => string {
  const secrets = new Set<string>()
  for (const url of urls) {
    for (const secret of passwordsOf(url)) for (const form of formsOf(secret)) secrets.add(form)
  }
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length)
  return (text) => longestFirst.reduce((rest, secret) => rest.replaceAll(secret, MASK), maskSecrets(text))
}

/** Shorter ones occur in ordinary words. */
const SHORTEST = 4

function passwordsOf(url: string): string[] {
  const found = [...url.matchAll(USER_INFO), ...url.matchAll(PASSWORD_FIELD)].map((match) =>
    match[2].replace(/^'(.*)'$/, '$1'),
  )
  const shown = maskSecrets(url).toLowerCase()
  return found.filter((secret) => secret.length >= SHORTEST && !shown.includes(secret.toLowerCase()))
}

function formsOf(secret: string): string[] {
  const plain = decoded(secret)
  return [secret, plain, encodeURIComponent(plain), JSON.stringify(plain).slice(1, -1)].filter(
    (form) => form.length >= SHORTEST,
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether a URL names this machine: loopback, or a socket in the file system. */
export function isLocalUrl(url: string): boolean {
  if (url.startsWith('/') || url.startsWith('unix:')) return true
  try {
    const {hostname, searchParams} = new URL(url)
    const host = searchParams.get('host') || decoded(hostname)
    return host === '' || host.startsWith('/') || /^(localhost|127\.[\d.]+|\[?::1\]?)$/i.test(host)
  } catch {
    return false
  }
}
