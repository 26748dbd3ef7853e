export type Child = Node | string | number | null | undefined | false

type Listener = (event: Event) => void

/** Attributes by name, and listeners under `on`. An attribute that is false, null or undefined is left out. */
export interface Attributes {
  class?: string
  /** A place on this page; anything else could run as a script. */
  href?: `#${string}`
  on?: Partial<Record<keyof HTMLElementEventMap, Listener>>
  /** The content policy of the page refuses styles in attributes. */
  style?: never
  [name: string]: string | number | boolean | null | undefined | Partial<Record<string, Listener>>
}

/**
 * Makes an element. Texts become text nodes and never markup: queue names, payloads and error messages come from
 * anybody who may write to Redis.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  {on = {}, ...attributes}: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    setAttribute(element, name, value as string | number | boolean | null | undefined)
  }
  for (const [type, listener] of Object.entries(on)) if (listener) element.addEventListener(type, listener)
  element.append(...children.filter(isShown).map(toNode))
  return element
}

/** Changes the text of an element, unless it has that text: a change would end what the user has selected in it. */
export function setText(element: Element, text: string | number): void {
  if (element.textContent !== String(text)) element.textContent = String(text)
}

/** Sets an attribute unless it is so already; false, null and undefined remove it. */
export function setAttribute(
  element: Element,
  name: string,
  value: string | number | boolean | null | undefined,
): void {
  const text = value === true ? '' : String(value)
  if (value === false || value === null || value === undefined) element.removeAttribute(name)
  else if (element.getAttribute(name) !== text) element.setAttribute(name, text)
}

/** Replaces all that an element holds. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...children.filter(isShown).map(toNode))
}

function isShown(child: Child): child is Node | string | number {
  return child !== null && child !== undefined && child !== false && child !== ''
}

function toNode(child: Node | string | number): Node | string {
  return child instanceof Node ? child : String(child)
}
