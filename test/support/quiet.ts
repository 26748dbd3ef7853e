/** What a command said on stderr, but for how far it is, which it tells every ten seconds. */
export function withoutProgress(stderr: string): string {
  return stderr.replace(/^[a-z ]+: \d[\d.]* (?:ms|s|m \d+ s)\n/gm, '')
}
