/**
 * Runs in the page: texts whose contrast with what is behind them is below 4.5, the least that WCAG 2 AA allows for
 * small letters.
 */
export function dullTexts(): string[] {
  const channels = (colour: string) => {
    const [red, green, blue, alpha = 1] = [...colour.matchAll(/[\d.]+/g)].map(Number)
    return {rgb: [red, green, blue], alpha}
  }
  const behind = (element: Element | null): number[] => {
    if (element === null) return [255, 255, 255]
    const {rgb, alpha} = channels(getComputedStyle(element).backgroundColor)
    if (alpha === 1) return rgb
    const ground = behind(element.parentElement)
    return rgb.map((channel, i) => channel * alpha + ground[i] * (1 - alpha))
  }
  const luminance = (rgb: number[]) => {
    const [red, green, blue] = rgb.map((channel) => {
      const share = channel / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const dull: string[] = []
  for (const element of document.body.querySelectorAll('*')) {
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)
    const text = own
      .map((node) => node.textContent)
      .join('')
      .trim()
    if (text === '' || !(element as HTMLElement).checkVisibility()) continue
    const [dark, bright] = [channels(getComputedStyle(element).color).rgb, behind(element)]
      .map(luminance)
      .sort((a, b) => a - b)
    const contrast = (bright + 0.05) / (dark + 0.05)
    if (contrast < 4.5) dull.push(`${contrast.toFixed(2)} ${text}`)
  }
  return dull
}
