import { Injectable } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { InvalidInputError } from '../http/invalid-input.error.js';

/** A token out of a path, in lower case. Any UUID will do: people write rows by hand, too. */
@Injectable()
export class TokenPipe implements PipeTransform<string, string> {
  /** @throws InvalidInputError if it is not in the 8-4-4-4-12 form of RFC 9562 */
  transform(token: string): string {
    if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(token)) {
      throw new InvalidInputError([
        { field: 'token', detail: 'must be a UUID like 3f2b8c1e-6a1d-4c8e-9b57-0d4f3a9e7c21' },
      ]);
    }
    return token.toLowerCase();
  }
}
