import { Controller, HttpCode, Inject, Put } from '@nestjs/common';
import { z } from 'zod';
import { TokenLifetime } from '../tokens/token-lifetime.ts';
import { JsonBody } from './checked-input.ts';

const settings = z.strictObject(
  {
    tokenLifetimeSeconds: z
      .number({ error: 'must be a number of seconds' })
      .positive('must be more than 0')
      .max(31_536_000, 'must be a year or less'),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'must be a JSON object' : undefined) },
);

/** Changes the settings of this IMS. They last until the process ends. */
@Controller('sandbox/settings')
export class SettingsController {
  readonly #lifetime: TokenLifetime;

  constructor(@Inject(TokenLifetime) lifetime: TokenLifetime) {
    this.#lifetime = lifetime;
  }

  @Put()
  @HttpCode(204)
  change(@JsonBody(settings) { tokenLifetimeSeconds }: z.infer<typeof settings>): void {
    this.#lifetime.setSeconds(tokenLifetimeSeconds);
  }
}
