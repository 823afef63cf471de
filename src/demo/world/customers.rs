//! Clients with their sites, users, assets and contracts. Per client only counts are held; the rest is drawn when asked for.

use super::dice::{Dice, Subject};
use super::names;

/// The id of the client that unknown senders belong to.
const UNKNOWN_ID: u32 = 1;
/// Added to a client's place to get its id.
const ID_BASE: u32 = 10;

/// One client.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// Its place on the list, 0 the unknown one.
    pub(crate) place: u16,
    pub(crate) name: String,
    /// A short mark for asset tags and host names.
    pub(crate) mark: String,
    /// Users draw names written in East Asian scripts.
    pub(crate) eastern: bool,
    pub(crate) inactive: bool,
    /// Support is stopped (accounts on hold).
    pub(crate) stopped: bool,
    pub(crate) vip: bool,
    pub(crate) sla: u8,
    /// Users, the general one included (1 to 250).
    pub(crate) users: u8,
    pub(crate) sites: u8,
    pub(crate) assets: u8,
    /// Ids of its first user, site and asset; the others follow.
    pub(crate) first_user: u32,
    pub(crate) first_site: u32,
    pub(crate) first_asset: u32,
}

impl Client {
    /// The id by which the API knows it.
    pub(crate) fn id(&self) -> u32 {
        if self.place == 0 { UNKNOWN_ID } else { ID_BASE + u32::from(self.place) }
    }

    /// The domain of its mail addresses.
    pub(crate) fn domain(&self) -> String {
        format!("{}.example", self.mark.to_lowercase())
    }
}

/// A site of a client.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) id: u32,
    pub(crate) name: &'static str,
    pub(crate) phone: String,
    pub(crate) street: String,
    pub(crate) town: &'static str,
    pub(crate) postcode: String,
    pub(crate) holds_stock: bool,
}

/// A customer's person.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: u32,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    /// Its site's place on the client's list.
    pub(crate) site: u8,
    pub(crate) important: bool,
    pub(crate) inactive: bool,
    pub(crate) general: bool,
}

impl User {
    /// The name as it is shown.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first, self.last).trim().to_owned()
    }
}

/// A device of a client.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    pub(crate) id: u32,
    pub(crate) tag: String,
    pub(crate) serial: String,
    /// Id, name and icon of its type.
    pub(crate) kind: (u32, &'static str, &'static str),
    pub(crate) system: &'static str,
    pub(crate) memory: u32,
    /// Its user's place on the client's list.
    pub(crate) user: u8,
    pub(crate) inactive: bool,
}

/// Everybody the desk works for.
#[derive(Debug)]
pub(crate) struct Customers {
    seed: u64,
    clients: Vec<Client>,
}

impl Customers {
    /// Draws `count` clients (at least the unknown one).
    pub(crate) fn draw(seed: u64, count: u16) -> Self {
        let mut clients = Vec::with_capacity(usize::from(count.max(1)));
        let (mut first_user, mut first_site, mut first_asset) = (38, 18, 2_201);
        for place in 0..count.max(1) {
            let client = draw_client(seed, place, (first_user, first_site, first_asset));
            first_user += u32::from(client.users);
            first_site += u32::from(client.sites);
            first_asset += u32::from(client.assets);
            clients.push(client);
        }
        Self { seed, clients }
    }

    /// All clients in the order of their ids.
    pub(crate) fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// The client in this place.
    pub(crate) fn client(&self, place: u16) -> Option<&Client> {
        self.clients.get(usize::from(place))
    }

    /// The client with this id.
    pub(crate) fn by_id(&self, id: u32) -> Option<&Client> {
        let place = if id == UNKNOWN_ID { 0 } else { id.checked_sub(ID_BASE).filter(|place| *place > 0)? };
        self.client(u16::try_from(place).ok()?)
    }

    /// The client that has the site with this id, and the site's place there.
    pub(crate) fn site_by_id(&self, id: u32) -> Option<(&Client, u8)> {
        self.owner(id, |client| (client.first_site, client.sites))
    }

    /// The client that has the user with this id, and the user's place there.
    pub(crate) fn user_by_id(&self, id: u32) -> Option<(&Client, u8)> {
        self.owner(id, |client| (client.first_user, client.users))
    }

    /// The client that has the asset with this id, and the asset's place there.
    pub(crate) fn asset_by_id(&self, id: u32) -> Option<(&Client, u8)> {
        self.owner(id, |client| (client.first_asset, client.assets))
    }

    fn owner(&self, id: u32, range: impl Fn(&Client) -> (u32, u8)) -> Option<(&Client, u8)> {
        let after = self.clients.partition_point(|client| range(client).0 <= id);
        // Clients without an asset share their first id with the next one; the last of those owns it.
        let client = self.clients.get(after.checked_sub(1)?)?;
        let (first, count) = range(client);
        let place = u8::try_from(id - first).ok()?;
        (place < count).then_some((client, place))
    }

    /// The site in this place of the client's list.
    pub(crate) fn site(&self, client: &Client, place: u8) -> Site {
        let id = client.first_site + u32::from(place);
        let mut dice = Dice::new(self.seed, Subject::Site, id.into());
        Site {
            id,
            name: site_name(client, place),
            phone: format!("+44 20 7946 {:04}", dice.below(1_000)),
            street: format!("{} {}", 1 + dice.below(190), dice.pick(&names::STREETS)),
            town: dice.pick(&names::TOWNS),
            postcode: format!("EX{} {}AA", 1 + dice.below(20), 1 + dice.below(9)),
            holds_stock: place > 0 && dice.chance(20),
        }
    }

    /// The user in this place of the client's list; the first is nobody in particular.
    pub(crate) fn user(&self, client: &Client, place: u8) -> User {
        let id = client.first_user + u32::from(place);
        let mut dice = Dice::new(self.seed, Subject::User, id.into());
        if place == 0 {
            return User {
                id,
                first: "General".to_owned(),
                last: "User".to_owned(),
                email: String::new(),
                phone: String::new(),
                site: 0,
                important: false,
                inactive: false,
                general: true,
            };
        }
        let (first, last) = person(client, &mut dice);
        let (first, last) = (first.to_owned(), last.to_owned());
        let local = if client.eastern { format!("user{id}") } else { format!("{}.{}", ascii(&first), ascii(&last)) };
        User {
            id,
            email: format!("{local}@{}", client.domain()),
            first,
            last,
            phone: format!("+44 20 7946 {:04}", dice.below(1_000)),
            site: dice.small(client.sites),
            important: dice.chance(4),
            inactive: dice.chance(4),
            general: false,
        }
    }

    /// The name of the user in this place of the client's list, without the rest of the person.
    pub(crate) fn user_name(&self, client: &Client, place: u8) -> String {
        let id = client.first_user + u32::from(place);
        let (first, last) = match place {
            0 => ("General", "User"),
            _ => person(client, &mut Dice::new(self.seed, Subject::User, id.into())),
        };
        format!("{first} {last}").trim().to_owned()
    }

    /// The tag of the asset in this place of the client's list.
    pub(crate) fn tag(&self, client: &Client, place: u8) -> String {
        let id = client.first_asset + u32::from(place);
        let (_, code, _) = device(&mut Dice::new(self.seed, Subject::Asset, id.into()));
        tag(client, code, place)
    }

    /// The asset in this place of the client's list.
    pub(crate) fn asset(&self, client: &Client, place: u8) -> Asset {
        let id = client.first_asset + u32::from(place);
        let mut dice = Dice::new(self.seed, Subject::Asset, id.into());
        let (kind, code, system) = device(&mut dice);
        Asset {
            id,
            tag: tag(client, code, place),
            serial: format!("SN-{:08X}", dice.bits() >> 32),
            kind,
            system,
            memory: dice.pick(&[8, 16, 16, 32, 64]),
            user: dice.small(client.users),
            inactive: dice.chance(6),
        }
    }
}

/// Type (id, name, icon), short code and system of a device.
fn device(dice: &mut Dice) -> ((u32, &'static str, &'static str), &'static str, &'static str) {
    match dice.below(20) {
        0..=8 => ((123, "Laptop", "fas fa-laptop"), "LT", "Example OS 11"),
        9..=12 => ((124, "Desktop", "fas fa-desktop"), "PC", "Example OS 11"),
        13..=14 => ((125, "Server", "fas fa-server"), "SRV", "Example Server 2025"),
        15..=16 => ((126, "Printer", "fas fa-print"), "PRN", ""),
        17 => ((127, "Firewall", "fas fa-shield"), "FW", "Example Gate 7.4"),
        18 => ((128, "Switch", "fas fa-network-wired"), "SW", "Example Switch 3"),
        _ => ((129, "Phone", "fas fa-mobile"), "PH", "Example Phone 18"),
    }
}

fn tag(client: &Client, code: &str, place: u8) -> String {
    format!("{}-{code}-{:03}", client.mark, u32::from(place) + 1)
}

/// A person's two names, the family's first where that is the custom.
fn person(client: &Client, dice: &mut Dice) -> (&'static str, &'static str) {
    let eastern: &'static str = dice.pick(&names::EASTERN_NAMES);
    if client.eastern {
        return eastern.split_once(' ').unwrap_or((eastern, ""));
    }
    (dice.pick(&names::FIRST_NAMES), dice.pick(&names::LAST_NAMES))
}

/// What the site in this place of the client's list is called.
pub(crate) fn site_name(client: &Client, place: u8) -> &'static str {
    let [main, others @ ..] = &names::SITES;
    let turned = usize::from(place) + usize::from(client.place);
    if place == 0 { main } else { others.get(turned % others.len()).copied().unwrap_or(main) }
}

/// Draws one client; `firsts` are the next free ids of users, sites and assets.
fn draw_client(seed: u64, place: u16, firsts: (u32, u32, u32)) -> Client {
    let mut dice = Dice::new(seed, Subject::Client, place.into());
    let name = company(place);
    let mut mark: String = ascii(&name).chars().filter(|letter| *letter != '.').take(3).collect::<String>().to_uppercase();
    let eastern = mark.len() < 3;
    if eastern {
        mark = format!("EA{place}");
    } else if place >= 30 {
        mark.push_str(&place.to_string());
    }
    // The first clients are the large ones: most of a desk's tickets come from few of its clients.
    let size: u8 = match place {
        0 => 1,
        1..=6 => 120 + dice.small(120),
        7..=30 => 20 + dice.small(60),
        _ => 4 + dice.small(22),
    };
    Client {
        place,
        name,
        mark,
        eastern,
        inactive: place > 6 && dice.chance(5),
        stopped: place > 6 && dice.chance(4),
        vip: place > 0 && (place == 3 || dice.chance(7)),
        sla: if place > 0 && dice.chance(25) { 3 } else { 1 },
        users: size,
        sites: if place == 0 { 1 } else { 1 + dice.small(4) },
        assets: if place == 0 { 0 } else { size / 2 + size / 4 + 2 },
        first_user: firsts.0,
        first_site: firsts.1,
        first_asset: firsts.2,
    }
}

/// The name of the company in this place; no two places share one.
fn company(place: u16) -> String {
    let Some(number) = usize::from(place).checked_sub(1) else {
        return "Unknown".to_owned();
    };
    if let Some(name) = names::COMPANIES.get(number) {
        return (*name).to_owned();
    }
    // 60 and 40 are walked by 7 and 11 at once: neighbours on the list sound different and every pair comes up.
    let number = number - names::COMPANIES.len();
    let pair = number % 2_400;
    let stem = names::STEMS.get(pair * 7 % 60).copied().unwrap_or_default();
    let trade = names::TRADES.get((pair * 11 + pair / 120) % 40).copied().unwrap_or_default();
    let form = names::FORMS.get((number / 2_400 + pair % 3) % 25).copied().unwrap_or_default();
    format!("{stem} {trade}{form}")
}

/// The letters of `text` as an address can have them: lower case, without marks.
fn ascii(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let plain = text.to_lowercase().replace('ł', "l").replace('ø', "o").replace('æ', "ae").replace('ß', "ss").replace('ı', "i");
    plain.nfd().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn companies_are_distinct_to_the_last() {
        let names: HashSet<String> = (0..60_000).map(company).collect();
        assert_eq!(names.len(), 60_000);
    }

    #[test]
    fn ids_lead_back_to_their_owners() {
        let customers = Customers::draw(7, 130);
        assert_eq!(customers.clients().len(), 130);
        for client in customers.clients() {
            assert_eq!(customers.by_id(client.id()).map(|found| found.place), Some(client.place));
            let place = client.users - 1;
            let user = customers.user(client, place);
            let found = customers.user_by_id(user.id).expect("a user");
            assert_eq!((found.0.place, found.1), (client.place, place));
            let found = customers.site_by_id(client.first_site).expect("a site");
            assert_eq!((found.0.place, found.1), (client.place, 0));
            if client.assets > 0 {
                let found = customers.asset_by_id(client.first_asset).expect("an asset");
                assert_eq!((found.0.place, found.1), (client.place, 0));
            }
        }
        assert!(customers.by_id(2).is_none());
        assert!(customers.user_by_id(1).is_none());
        let seen: HashSet<String> = customers.clients().iter().map(|client| client.mark.clone()).collect();
        assert_eq!(seen.len(), 130, "marks tell clients apart");
    }
}
