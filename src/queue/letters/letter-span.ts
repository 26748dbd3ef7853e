/**
 * A span is the time between the first and the last failure of some letters: those of one reason in the dead letters, or
 * in one trash. It is stored as `LETTERS:FIRST:LAST`, with times in ms since 1970. A `+` after FIRST says that the letter
 * that failed then may have been removed, so that the first of those left failed then or later. A `-` after LAST says
 * the same of the last letter: it failed then or earlier. An unknown span is stored as an empty text.
 *
 * A span holds only while LETTERS equals the count that is stored beside it. If it does not, a program that knows no
 * spans, such as an earlier qtool, has added or removed letters. The span is then unknown until no such letter is left,
 * or until `inspect --verify`. It is unknown as well if the score of a letter is not a time in ms.
 *
 * The functions for a script work on tables {letters, first, is_first_loose, last, is_last_loose}; without `first`, only
 * the count is known.
 */
export const LETTER_SPANS = `
local function read_span(letters, text)
  local count, first, plus, last, minus = string.match(text or '', '^(%d+):(%d+)(%+?):(%d+)(%-?)$')
  if tonumber(count) ~= letters then return {letters = letters} end
  return {
    letters = letters, first = tonumber(first), is_first_loose = plus ~= '',
    last = tonumber(last), is_last_loose = minus ~= '',
  }
end
local function span_text(span)
  if span.letters <= 0 or not span.first then return nil end
  return string.format('%.0f:%.0f%s:%.0f%s', span.letters, span.first, span.is_first_loose and '+' or '',
    span.last, span.is_last_loose and '-' or '')
end
local function copy_first(span, other)
  span.first, span.is_first_loose = other.first, other.is_first_loose
end
local function copy_last(span, other)
  span.last, span.is_last_loose = other.last, other.is_last_loose
end
local function join_span(span, more)
  if more.letters == 0 then return end
  if span.letters == 0 then
    copy_first(span, more)
    copy_last(span, more)
  elseif not span.first or not more.first then
    span.first = nil
  else
    if more.first < span.first or (more.first == span.first and not more.is_first_loose) then copy_first(span, more) end
    if more.last > span.last or (more.last == span.last and not more.is_last_loose) then copy_last(span, more) end
  end
  span.letters = span.letters + more.letters
end
local function join_letter(span, score)
  local ms = tonumber(score)
  local is_time = ms >= 1e12 and ms < 1e13
  join_span(span, {letters = 1, first = is_time and math.floor(ms), last = is_time and math.ceil(ms)})
end
local function leave_span(span, score)
  span.letters = span.letters - 1
  if not span.first then return end
  if math.floor(tonumber(score)) <= span.first then span.is_first_loose = true end
  if math.ceil(tonumber(score)) >= span.last then span.is_last_loose = true end
end`

/** One end of a span. */
export interface SpanEnd {
  /** ms since 1970. */
  ms: number
  /** A letter failed then. Otherwise none failed earlier (first end) or later (last end). */
  isExact: boolean
}

/** The first and the last failure of some letters; an end is missing if it is unknown. */
export interface LetterSpan {
  first?: SpanEnd
  last?: SpanEnd
}

const SPAN = /^(\d+):(\d+)(\+?):(\d+)(-?)$/

/** @param letters the count stored beside it @returns undefined if there is no span, or it does not hold */
export function parseSpan(text: string | undefined, letters: number): LetterSpan | undefined {
  const [, count, first, plus, last, minus] = SPAN.exec(text ?? '') ?? []
  if (Number(count) !== letters) return undefined
  return {
    first: {ms: Number(first), isExact: plus === ''},
    last: {ms: Number(last), isExact: minus === ''},
  }
}

/** A span as it is shown, in text and JSON. */
export interface FailureTimes {
  /** RFC 3339; null if it is unknown. */
  firstFailedAt: string | null
  /** If false, the first letter failed then or later. */
  isFirstExact: boolean
  lastFailedAt: string | null
  /** If false, the last letter failed then or earlier. */
  isLastExact: boolean
}

export function failureTimes({first, last}: LetterSpan): FailureTimes {
  return {
    firstFailedAt: timeOf(first),
    isFirstExact: first?.isExact ?? false,
    lastFailedAt: timeOf(last),
    isLastExact: last?.isExact ?? false,
  }
}

function timeOf(end: SpanEnd | undefined): string | null {
  return end ? new Date(Math.round(end.ms)).toISOString() : null
}
