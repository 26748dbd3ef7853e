/** What stands where a secret stood. */
export const MASK = '****'

/** `scheme://user:password@`, up to the last @ before a slash: passwords may hold an unescaped @. */
const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@'"]*):([^\s/'"]*)@/gi

/** `password=…` in a query or a connection string. */
const PASSWORD_FIELD = /\b(password|passwd|pwd)=([^\s&'";]+)/gi

/** A text with every password of a URL or connection string masked. */
export function maskSecrets(text: string): string {
  return text.replace(USER_INFO, `$1:${MASK}@`).replace(PASSWORD_FIELD, `$1=${MASK}`)
}

/** Whether a URL carries a password in itself. */
export function hasPassword(url: string): boolean {
  return maskSecrets(url) !== url
}
