// The words of the settings, and of what they have in common with the ways in:
// imported by whoever says one of them, so that they come along with it and not
// with the first page.
import { alsoSay } from "./english/english";
import { SECURITY } from "./english/security";

alsoSay(SECURITY);
