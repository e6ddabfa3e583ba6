import { Transform } from 'class-transformer';
import { IsIn, ValidateBy, ValidateIf } from 'class-validator';
import { ListSessionsDto } from '../sessions/list-sessions.dto.js';

/** How the cards of a page are ordered; which sessions are on the page is the store's to say. */
export const SORTS = ['time-left', 'user', 'age'] as const;
export type Sort = (typeof SORTS)[number];

/** What the address bar says about the view: filter, sort and page. Every action's address carries it along. */
export class ViewQueryDto extends ListSessionsDto {
  /** A filter left blank is none. */
  @Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value))
  override user_name?: string = undefined;

  @IsIn(SORTS, { message: `must be one of ${SORTS.join(', ')}` })
  sort: Sort = 'time-left';

  /** How many sessions the step before revoked, to be said once. */
  @ValidateIf((_, revoked) => revoked !== undefined)
  @ValidateBy({
    name: 'isCount',
    validator: {
      validate: (count) => typeof count === 'string' && /^\d{1,9}$/.test(count),
      defaultMessage: () => 'must be a number',
    },
  })
  revoked?: string;
}

/** An action's address says besides where its form was: in the list, or on the page of one session. */
export class ActionQueryDto extends ViewQueryDto {
  @ValidateIf((_, from) => from !== undefined)
  @IsIn(['session'], { message: 'must be session' })
  from?: 'session';
}

type View = Pick<ActionQueryDto, 'user_name' | 'sort' | 'cursor' | 'limit'>;

/** The view as a query string, with `changes`; what is at its default is left out, and nothing at all is ''. */
export function toQueryString(view: View, changes: Partial<ActionQueryDto> = {}): string {
  const { user_name, sort, cursor, limit, from, revoked } = {
    ...view,
    from: undefined,
    revoked: undefined,
    ...changes,
  };
  const set = Object.entries({
    from,
    user_name,
    sort: sort === 'time-left' ? undefined : sort,
    limit: limit === 100 ? undefined : String(limit),
    cursor,
    revoked,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return set.length === 0 ? '' : `?${new URLSearchParams(set).toString()}`;
}
