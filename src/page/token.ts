const NAME = 'qtool-token'

/** The token that the user gave in this tab; it ends with the tab, and other tabs do not see it. */
export function readToken(): string | null {
  return sessionStorage.getItem(NAME)
}

export function keepToken(token: string): void {
  sessionStorage.setItem(NAME, token)
}

export function forgetToken(): void {
  sessionStorage.removeItem(NAME)
}
