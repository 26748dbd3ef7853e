/** Stands in place of a secret in a text. */
export const MASK = '****'

/**
 * `scheme://user:password@` somewhere in a text, up to the last @ before white space or a double quote: people paste
 * passwords with an unescaped @ or / in them, and then too much is masked rather than too little.
 */
const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@"]*):((?:\\.|[^\s"\\])*)@/gi

/** `password=…` in a query or a connection string, also in the quotes of libpq. */
const PASSWORD_FIELD =
  /\b((?:ssl|sentinel)?(?:password|passwd|pwd|passphrase|pass))(\s*=\s*)('(?:\\.|[^'\\])*'|[^\s&"]+)/gi

/** `host`, `host:port` or `[v6]:port`, several separated by commas. */
const HOSTS = /^((\[[\da-f:.]+\]|[^:,[\]]*)(:\d*)?(,|$))*$/i

/** A text with every password of a URL or connection string masked. Where a URL ends can only be guessed here. */
export function maskSecrets(text: string): string {
  return text.replace(USER_INFO, `$1:${MASK}@`).replace(PASSWORD_FIELD, `$1$2${MASK}`)
}

/**
 * Masks the password of a text that is a single URL or connection string: everything up to the last @, whatever it
 * contains, so that a URL that cannot be parsed shows no part of it.
 */
export function maskUrl(url: string): string {
  const parts = partsOf(url)
  if (!parts) return maskSecrets(url)
  const {start, user, secret, rest} = parts
  return `${start}${user}${secret === undefined ? '' : `:${MASK}`}${maskSecrets(rest)}`
}

interface UrlParts {
  /** `scheme://`, and whatever comes before it, such as `--redis-url=`. */
  start: string
  user: string
  /** The password as written; undefined if there is none. */
  secret: string | undefined
  /** From the last @ on. */
  rest: string
}

function partsOf(url: string): UrlParts | undefined {
  const [, start, text] = /^(.*?[a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(url) ?? []
  if (start === undefined) return undefined
  const at = text.lastIndexOf('@')
  const authority = text.split(/[/?#]/, 1)[0]
  // Without an @ it is a login only if it cannot be a host: somebody forgot the rest
  const isLogin = at >= 0 || !HOSTS.test(authority)
  const login = at >= 0 ? text.slice(0, at) : text
  const colon = login.indexOf(':')
  if (!isLogin || colon < 0) return {start, user: '', secret: undefined, rest: text}
  return {start, user: login.slice(0, colon), secret: login.slice(colon + 1), rest: text.slice(login.length)}
}

/**
 * Whether the end of the password in a URL is ambiguous, because it holds an unencoded / ? # or @. Such a URL is
 * refused: a parser would take the rest of the password for the host, and show it in its errors.
 */
export function isAmbiguous(url: string): boolean {
  const [, text] = /^(?!unix:|socket:)[a-z][a-z0-9+.-]*:\/\/(.*)$/is.exec(url) ?? []
  if (text === undefined) return false
  const [authority] = text.split(/[/?#]/, 1)
  const [path, ...query] = text.slice(authority.length).split('?')
  const isLoginCut = authority.includes(':') && !authority.includes('@')
  return text.includes('#') || path.includes('@') || (isLoginCut && query.join('?').includes('@'))
}

/** Whether a URL contains a password. */
export function hasPassword(url: string): boolean {
  return maskUrl(url) !== url
}

/**
 * Masks URLs, and the passwords of `urls` wherever they occur alone: as written, decoded, percent-encoded, escaped
 * for JSON, and as the pieces into which a parser splits one with an unencoded @ / ? # : or blank. A password that is
 * also the name of the user, the host or the database is not masked outside of its URL: masking every "postgres" in a
 * message would make it unreadable.
 * @param passwords known without a URL, e.g. PGPASSWORD
 */
export function createRedactor(urls: Iterable<string>, passwords: string[] = []): (text: string) => string {
  const masks = new Map<string, string>()
  const add = (form: string, mask = MASK) => {
    if (form.length >= SHORTEST) masks.set(form, mask)
  }
  for (const password of passwords) for (const form of formsOf(password)) add(form)
  for (const url of urls) {
    const shown = maskUrl(url)
    if (shown === url) continue
    for (const secret of passwordsOf(url)) {
      for (const form of formsOf(secret)) if (!shown.toLowerCase().includes(form.toLowerCase())) add(form)
    }
    add(url, shown)
    add(JSON.stringify(url).slice(1, -1), JSON.stringify(shown).slice(1, -1))
  }
  const longestFirst = [...masks].sort(([a], [b]) => b.length - a.length)
  const patterns = longestFirst.map(([form, mask]) => ({found: WORD.test(form) ? alone(form) : form, mask}))
  // A function, since "$&" in a mask, which may hold a host as typed, would stand for what it replaces
  const masked = (text: string) =>
    patterns.reduce((rest, {found, mask}) => rest.replaceAll(found, () => mask), text)
  return (text) => maskSecrets(masked(text))
}

/**
 * A short password of letters alone is also a part of ordinary words: "test" of "tester", "data" of "database". Whatever is
 * longer, or has another character, is masked wherever it stands.
 */
const WORD = /^[a-z]{4,7}$/i

/** What ends with a letter that belongs to no word: `\n` and `\u00e9` of JSON, `%2F` of a URL, a colour of a terminal. */
const ESCAPES = [
  String.raw`\\[bfnrt]`,
  String.raw`\\u[\da-fA-F]{4}`,
  String.raw`%[\da-fA-F]{2}`,
  String.raw`\u001b\[[\d;]*m`,
]

/** A word that is not a part of a longer one. */
function alone(word: string): RegExp {
  const begins = [String.raw`(?<!\p{L})`, ...ESCAPES.map((end) => `(?<=${end})`)]
  return new RegExp(String.raw`(?:${begins.join('|')})${word}(?!\p{L})`, 'gu')
}

/** Shorter passwords occur in ordinary words and are not masked everywhere. */
const SHORTEST = 4

function passwordsOf(url: string): string[] {
  const {secret} = partsOf(url) ?? {}
  const fields = [...url.matchAll(PASSWORD_FIELD)].map((match) => match[3].replace(/^'(.*)'$/s, '$1'))
  return secret === undefined ? fields : [secret, ...fields]
}

function formsOf(secret: string): string[] {
  const plain = decoded(secret)
  const pieces = [secret, plain].flatMap((text) => text.split(/[@/?#:\s]+/))
  return [...pieces, secret, plain].flatMap((form) => [
    form,
    encodeURIComponent(form),
    encodeURI(form),
    JSON.stringify(form).slice(1, -1),
  ])
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
  // A URL with several hosts has no `hostname`
  const [, start, hosts, rest] = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/is.exec(url) ?? []
  if (hosts?.includes(',')) return hosts.split(',').every((host) => isLocalUrl(`${start}${host}${rest}`))
  try {
    const {hostname, searchParams} = new URL(url)
    const host = searchParams.get('host') || decoded(hostname)
    return host === '' || host.startsWith('/') || /^(localhost|127\.[\d.]+|\[?::1\]?)$/i.test(host)
  } catch {
    return false
  }
}
