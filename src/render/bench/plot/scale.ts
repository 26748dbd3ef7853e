/** Maps values to coordinates, and has the ticks of the axis. */
export interface Scale {
  at(value: number): number
  ticks: Tick[]
  min: number
  max: number
}

export interface Tick {
  value: number
  label: string
}

export interface ScaleOptions {
  /** Values that the scale has to cover. */
  min: number
  max: number
  /** Coordinates of the ends; `to` may be less than `from`. */
  from: number
  to: number
  /** Approximate number of ticks for which there is room. */
  count: number
}

/** A linear scale that ends at the given values or, with `round`, at the ticks around them. */
export function linearScale({min, max, from, to, count, round}: ScaleOptions & {round?: 'out'}): Scale {
  const step = niceStep((max - min || Math.abs(max) || 1) / count)
  const low = round ? Math.floor(min / step) * step : min
  const high = round ? Math.max(Math.ceil(max / step - 1e-9), low / step + 1) * step : max
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  const values = Array.from({length: last - first + 1}, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  )
  const at = (value: number) => from + ((clamp(value, low, high) - low) / (high - low || 1)) * (to - from)
  return {at, min: low, max: high, ticks: values.map((value) => ({value, label: linearLabel(value, high)}))}
}

/** A logarithmic scale that ends at 1, 2 or 5 times a power of ten. `min` must be above zero. */
export function logScale({min, max, from, to, count}: ScaleOptions): Scale {
  const exponents = range(Math.floor(Math.log10(min)), Math.ceil(Math.log10(max)))
  const candidates = exponents.flatMap((exponent) => [1, 2, 5].map((digit) => power(digit, exponent)))
  const fine = around(candidates, min, max)
  const [low, high] = [fine[0] ?? min, fine.at(-1) ?? max]
  const decades = exponents
    .map((exponent) => power(1, exponent))
    .filter((value) => value >= low && value <= high)
  const values = fine.length <= count + 1 || decades.length < 2 ? fine : thinned(decades, count)
  const share = (value: number) =>
    (Math.log10(clamp(value, low, high)) - Math.log10(low)) / (Math.log10(high) - Math.log10(low))
  const at = (value: number) => from + share(value) * (to - from)
  return {at, min: low, max: high, ticks: values.map((value) => ({value, label: ratioLabel(value)}))}
}

/** The candidates from the last one not above `min` to the first one not below `max`; at least two. */
function around(candidates: number[], min: number, max: number): number[] {
  const first = Math.max(
    0,
    candidates.findLastIndex((value) => value <= min * (1 + 1e-9)),
  )
  const last = candidates.findIndex((value) => value >= max * (1 - 1e-9))
  return candidates.slice(first, Math.max(last, first + 1) + 1)
}

/** Every second, third, … decade, so that there is room. */
function thinned(decades: number[], count: number): number[] {
  const step = Math.ceil(decades.length / (count + 1))
  return decades.filter((_, i) => i % step === 0)
}

function niceStep(rough: number): number {
  const size = 10 ** Math.floor(Math.log10(rough))
  const digit = [1, 2, 5].find((nice) => nice * size >= rough * (1 - 1e-9)) ?? 10
  return digit * size
}

/** Labels of a linear axis all have the same unit: 2,500 on an axis below 10,000, otherwise 5k and 20k. */
function linearLabel(value: number, max: number): string {
  if (value === 0) return '0'
  const [unit, size] = max >= 10_000_000 ? ['M', 1e6] : max >= 10_000 ? ['k', 1e3] : ['', 1]
  return `${plain(value / size)}${unit}`
}

/** 0.1, 10, 1,000, 10k, 1M. */
function ratioLabel(value: number): string {
  const [unit, size] = value >= 1e6 ? ['M', 1e6] : value >= 1e4 ? ['k', 1e3] : ['', 1]
  return `${plain(value / size)}${unit}`
}

function plain(value: number): string {
  const [whole = '', part] = String(Number(value.toPrecision(6))).split('.')
  const head = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return part === undefined ? head : `${head}.${part}`
}

function range(from: number, to: number): number[] {
  return Array.from({length: to - from + 1}, (_, i) => from + i)
}

function power(digit: number, exponent: number): number {
  return Number(`${digit}e${exponent}`)
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}

/** Minimum and maximum of the finite values; [0, 0] if there are none. */
export function extent(values: number[]): [number, number] {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  return min > max ? [0, 0] : [min, max]
}
