//! Working hours: each day has a switch and, where they differ, hours of its own.

use serde::Deserialize as _;
use serde_json::{Value, value::RawValue};

use super::{Fields, WireRecord, value};
use crate::domain::{Workday, WorkdayId};

/// Most days of one holiday: what is longer is a slip.
const LONGEST_HOLIDAY: i64 = 366;

/// The names of a day's switch, begin and end, Monday first.
const DAYS: [(&str, &str, &str); 7] = [
    ("incmonday", "startmonday", "endmonday"),
    ("inctuesday", "starttuesday", "endtuesday"),
    ("incwednesday", "startwednesday", "endwednesday"),
    ("incthursday", "startthursday", "endthursday"),
    ("incfriday", "startfriday", "endfriday"),
    ("incsaturday", "startsaturday", "endsaturday"),
    ("incsunday", "startsunday", "endsunday"),
];

impl WireRecord for Workday {
    const LISTS: &'static [&'static str] = &["workdays", "results"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        let same = fields.json("alldayssame").is_none() || fields.flag("alldayssame");
        let week = DAYS.map(|(on, start, end)| {
            let (start, end) = if same { ("start", "end") } else { (start, end) };
            let hours = minute_of(fields, start).zip(minute_of(fields, end));
            hours.filter(|_| fields.flag(on))
        });
        Self { id: WorkdayId(id), zone: fields.string("timezone"), week, holidays: holidays(fields) }
    }
}

/// The minute of the day of a date whose day means nothing; a last second counts as the end of its minute.
fn minute_of(fields: &mut Fields<'_>, name: &str) -> Option<u16> {
    let text = fields.string(name);
    let clock = text.rsplit_once(['T', ' ']).map_or(text.as_str(), |(_, clock)| clock);
    let time: jiff::civil::Time = clock.trim_end_matches('Z').parse().ok()?;
    u16::try_from(i64::from(time.hour()) * 60 + i64::from(time.minute()) + i64::from(time.second() == 59)).ok()
}

/// The days of the whole-day holidays; those of some hours are left to work.
fn holidays(fields: &Fields<'_>) -> Vec<i64> {
    let Some(list) = fields.json("holidays") else { return Vec::new() };
    let Ok(holidays) = <Vec<&RawValue>>::deserialize(&mut serde_json::Deserializer::from_str(list)) else { return Vec::new() };
    let mut days = Vec::new();
    for holiday in holidays {
        let Ok(mut holiday) = Fields::parse(holiday.get()) else { continue };
        if holiday.json("allday").is_some() && !holiday.flag("allday") {
            continue;
        }
        let day = |name: &str, holiday: &mut Fields<'_>| {
            let at = value::date(&Value::String(holiday.string(name))).ok().flatten()?;
            Some(at.as_second().div_euclid(86_400))
        };
        let Some(first) = day("date", &mut holiday) else { continue };
        let end = day("end_date", &mut holiday).unwrap_or(first).clamp(first, first + LONGEST_HOLIDAY);
        days.extend(first..=end);
    }
    days
}

#[cfg(test)]
mod tests {
    use super::{super::list, *};

    #[test]
    fn hours_days_and_holidays_as_halo_sends_them() {
        let json = r#"[
            {"id": 1, "timezone": "GMT Standard Time", "start": "1900-01-01T08:00:00", "end": "1900-01-01T18:00:00",
             "incmonday": true, "inctuesday": true, "incsunday": false, "alldayssame": true,
             "holidays": [{"date": "2026-12-25T00:00:00", "allday": true},
                          {"date": "2026-12-31T12:00:00", "allday": false},
                          {"date": "2027-01-01T00:00:00", "end_date": "2027-01-02T00:00:00"},
                          {"date": "1900-01-01T00:00:00"}, 7]},
            {"id": 2, "alldayssame": false, "incmonday": 1, "startmonday": "00:00:00", "endmonday": "23:59:59",
             "incfriday": true, "startfriday": "1900-01-01T09:30:00Z", "endfriday": "odd", "start": "1900-01-01T01:00:00"}
        ]"#;
        let page = list::<Workday>(json, 0).unwrap();
        assert_eq!(page.bad, 0);
        let [office, odd] = page.records.as_slice() else { panic!("{page:?}") };
        let day = Some((480, 1_080));
        assert_eq!(office.week, [day, day, None, None, None, None, None]);
        assert_eq!(office.zone_name(), Some("Europe/London"));
        assert_eq!(office.holidays, [20_812, 20_819, 20_820]);
        assert_eq!(odd.week, [Some((0, 1_440)), None, None, None, None, None, None]);
    }
}
