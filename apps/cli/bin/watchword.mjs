#!/usr/bin/env node
// Lies in git, so that the command is linked at install time, before the first build has made dist.
import "../dist/main.mjs";
