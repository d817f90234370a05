// Reads a calendar from standard input with two readers, and prints by reader the instants
// between the two that are given at which something starts, in order: [start, title].
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import ical from "node-ical";

const [from, to] = process.argv.slice(2).map((given) => new Date(given));
const text = readFileSync(0, "utf8");
const found = { "ical.js": [], "node-ical": [] };

function note(reader, start, title) {
  if (start >= from && start <= to) found[reader].push([start.toISOString(), title]);
}

const root = new ICAL.Component(ICAL.parse(text));
for (const zone of root.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(new ICAL.Timezone(zone));
}
const events = root.getAllSubcomponents("vevent").map((each) => new ICAL.Event(each));
for (const event of events.filter((each) => !each.isRecurrenceException())) {
  for (const other of events) {
    if (other.isRecurrenceException() && other.uid === event.uid) event.relateException(other);
  }
  if (!event.isRecurring()) {
    note("ical.js", event.startDate.toJSDate(), event.summary);
    continue;
  }
  const dates = event.iterator();
  for (let next = dates.next(); next && next.toJSDate() <= to; next = dates.next()) {
    const date = event.getOccurrenceDetails(next);
    note("ical.js", date.startDate.toJSDate(), date.item.summary);
  }
}

for (const event of Object.values(ical.sync.parseICS(text))) {
  if (event.type !== "VEVENT") continue;
  if (!event.rrule) {
    note("node-ical", event.start, event.summary);
    continue;
  }
  for (const date of ical.expandRecurringEvent(event, { from, to })) {
    note("node-ical", date.start, date.summary);
  }
}
for (const dates of Object.values(found)) dates.sort();
console.log(JSON.stringify(found));
