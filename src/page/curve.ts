/** One curve of a chart. */
export interface Curve {
  label: string
  /** Name of a custom property of the style sheet. */
  colour: `--${string}`
  /** Which axis it belongs to; the right one has its own scale. */
  axis: 'left' | 'right'
  isFilled?: boolean
  write(value: number): string
  /** For the axis, where there is less room; without it as `write`. */
  writeShort?(value: number): string
}
