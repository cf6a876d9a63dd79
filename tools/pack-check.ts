/**
 * Packs every package and checks the tarballs the way a user meets them: publint and attw on each, its
 * size against a budget, then projects outside of the workspace that install some or all of them, under several
 * compilers. `pnpm build` has to come first.
 */
import { failures } from './pack/checks.ts';
import { checkOutside } from './pack/outside.ts';
import { checkTarball, packAll } from './pack/tarballs.ts';

const packed = packAll();
for (const each of packed) checkTarball(each);
checkOutside(packed);
process.exitCode = failures() > 0 ? 1 : 0;
