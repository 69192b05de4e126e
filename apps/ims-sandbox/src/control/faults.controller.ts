import { Controller, Delete, HttpCode, Inject, Put } from '@nestjs/common';
import { faultList, type FaultList } from '../faults/fault.ts';
import { Faults } from '../faults/faults.ts';
import { JsonBody } from './checked-input.ts';

/** Replaces and clears the faults of this IMS. */
@Controller('sandbox/faults')
export class FaultsController {
  readonly #faults: Faults;

  constructor(@Inject(Faults) faults: Faults) {
    this.#faults = faults;
  }

  @Put()
  @HttpCode(204)
  replace(@JsonBody(faultList) { faults }: FaultList): void {
    this.#faults.replace(faults);
  }

  @Delete()
  @HttpCode(204)
  clear(): void {
    this.#faults.replace([]);
  }
}
