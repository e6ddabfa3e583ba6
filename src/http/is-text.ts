import { ValidateBy } from 'class-validator';

export interface TextRule {
  /** The most characters (Unicode code points, as JSON Schema's maxLength counts them). */
  max: number;
  /** Newline and tab are allowed, and blanks alone count as text. */
  multiline?: boolean;
}

/** A string of 1 to `max` characters that can be stored and shown: well-formed Unicode without control characters. */
export function IsText(rule: TextRule): PropertyDecorator {
  return ValidateBy({
    name: 'isText',
    validator: {
      validate: (value) => textFault(value, rule) === undefined,
      defaultMessage: (args) => textFault(args?.value, rule) ?? '',
    },
  });
}

/** What is wrong with a text, and what is allowed; undefined if nothing is. */
export function textFault(value: unknown, rule: TextRule): string | undefined {
  const fault = firstFault(value, rule);
  const controls = rule.multiline ? 'control characters other than newline and tab' : 'control characters';
  return (
    fault && `${fault}: 1 to ${rule.max} characters of well-formed Unicode without ${controls} are allowed`
  );
}

function firstFault(value: unknown, { max, multiline = false }: TextRule): string | undefined {
  if (value === undefined) return 'is missing';
  if (typeof value !== 'string') return Array.isArray(value) ? 'must be given once' : 'must be a string';
  if (value === '' || (!multiline && value.trim() === '')) return 'is empty';
  if (!value.isWellFormed()) return 'holds half a surrogate pair';
  const control = (multiline ? /[^\P{Cc}\n\t]/u : /\p{Cc}/u).exec(value);
  if (control)
    return `holds the control character U+${control[0].charCodeAt(0).toString(16).padStart(4, '0')}`;
  // A code point takes one or two units, so only a string between the two lengths has to be counted.
  if (value.length > 2 * max || (value.length > max && Array.from(value).length > max))
    return `is longer than ${max} characters`;
  return undefined;
}
