#!/usr/bin/env node
/** Hands the arguments to the command line. */
import { run } from './cli/index.js';

process.exitCode = await run(process.argv.slice(2), process.env);
