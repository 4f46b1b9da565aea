// Does with schedules whatever the SDK can, and prints what it got as JSON.
// TRIGGER_API_URL and TRIGGER_SECRET_KEY say where the emulator is.
import { schedules } from "@trigger.dev/sdk";

const refusal = async (call) => {
  try {
    await call();
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, message: error.message };
  }
};
const task = "daily-report-generation";

const heard = {};
const made = await schedules.create({
  task,
  cron: "0 0 * * *",
  timezone: "America/New_York",
  externalId: "user_1",
  deduplicationKey: "dk-1",
});
heard.made = made;
heard.windowed = await schedules.create({
  task,
  cron: "*/5 * * * *",
  deduplicationKey: "dk-2",
  window: "30m",
});
heard.retrieved = await schedules.retrieve(made.id);
heard.updated = await schedules.update(made.id, { task, cron: "0 1 * * *" });
heard.deactivated = await schedules.deactivate(made.id);
heard.activated = await schedules.activate(made.id);
heard.listed = [];
for await (const schedule of schedules.list({ perPage: 1 })) heard.listed.push(schedule.id);
heard.deleted = await schedules.del(made.id);
heard.gone = await refusal(() => schedules.retrieve(made.id));
heard.badCron = await refusal(() =>
  schedules.create({ task, cron: "0 0 0 * * *", deduplicationKey: "dk-3" }),
);
const all = (await schedules.timezones()).timezones;
const others = (await schedules.timezones({ excludeUtc: true })).timezones;
heard.zones = { first: all[0], all: all.length, others: others.length };
console.log(JSON.stringify(heard));
