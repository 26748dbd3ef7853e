/** What keys do at the moment. */
export interface KeyBinding {
  /** A key, or two pressed one after the other: `?`, `g q`, `Ctrl+K`. */
  keys: string
  /** What it does, for the list of keys. */
  says: string
  run(): void
}

/** The second key of two has to follow within this time, ms. */
const PAIR_MS = 1200

const bindings = new Set<KeyBinding>()
let first: {key: string; at: number} | undefined

/** Binds keys until the returned function is called. The newest binding of a key counts. */
export function bindKeys(...added: KeyBinding[]): () => void {
  for (const binding of added) bindings.add(binding)
  return () => {
    for (const binding of added) bindings.delete(binding)
  }
}

export function boundKeys(): KeyBinding[] {
  return [...bindings]
}

/** Starts to listen. Keys that are typed into a field, or while a dialog is open, are left alone. */
export function listenForKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.altKey) return
    const isChord = event.ctrlKey || event.metaKey
    if (!isChord && (isTyping(event.target) || document.querySelector('dialog[open]'))) return
    const key = isChord ? `Ctrl+${event.key.toUpperCase()}` : event.key
    const pair = first && event.timeStamp - first.at < PAIR_MS ? `${first.key} ${key}` : undefined
    const found = find(pair) ?? find(key)
    const begins = !found && [...bindings].some(({keys}) => keys.startsWith(`${key} `))
    first = begins ? {key, at: event.timeStamp} : undefined
    if (!found) return
    event.preventDefault()
    found.run()
  })
}

function find(keys: string | undefined): KeyBinding | undefined {
  return keys === undefined ? undefined : [...bindings].findLast((binding) => binding.keys === keys)
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
}
