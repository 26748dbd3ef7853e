const NAME = 'qtool-theme'

/** `auto` follows the system. */
const THEMES = ['auto', 'light', 'dark'] as const

type Theme = (typeof THEMES)[number]

/** Applies what the user chose last. */
export function applyTheme(): void {
  set(readTheme())
}

/** Goes on to the next theme, and keeps it. @returns it */
export function nextTheme(): Theme {
  const next = THEMES[(THEMES.indexOf(readTheme()) + 1) % THEMES.length]
  localStorage.setItem(NAME, next)
  set(next)
  dispatchEvent(new Event('themechange'))
  return next
}

/** Calls back when colours have changed, by the user or by the system. @returns a function that ends it */
export function onTheme(callback: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  addEventListener('themechange', callback)
  system.addEventListener('change', callback)
  return () => {
    removeEventListener('themechange', callback)
    system.removeEventListener('change', callback)
  }
}

export function readTheme(): Theme {
  const kept = localStorage.getItem(NAME)
  return THEMES.find((theme) => theme === kept) ?? 'auto'
}

function set(theme: Theme): void {
  document.documentElement.dataset.theme = theme
}
