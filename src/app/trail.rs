//! Where the operator has been: what is gone back and forward to.

use crate::{domain::LastView, msg::PaneId};

/// Places that are kept in either direction.
const MOST: usize = 50;

/// One place: what had the focus, what was listed, where the cursor stood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) focus: Option<PaneId>,
    pub(super) view: LastView,
}

impl Place {
    /// Whether it takes a jump to come from one to the other: moving the cursor is none.
    fn is_elsewhere(&self, other: &Self) -> bool {
        let here = |place: &Self| Self { view: place.view.without_cursors(), ..place.clone() };
        here(self) != here(other)
    }
}

/// The places before the one where the operator is, and those that were gone back from.
#[derive(Debug, Default)]
pub(super) struct Trail {
    here: Option<Place>,
    back: Vec<Place>,
    forward: Vec<Place>,
    /// The rows of the place that was gone to may not be there yet: where the cursor stands is not where it will.
    arriving: bool,
}

impl Trail {
    /// The operator is here now; if that took a jump, the place before can be gone back to, and nothing forward.
    pub(super) fn note(&mut self, place: Place) {
        if std::mem::take(&mut self.arriving) && self.here.as_ref().is_some_and(|here| !here.is_elsewhere(&place)) {
            return;
        }
        if let Some(before) = self.here.replace(place)
            && self.here.as_ref().is_some_and(|here| here.is_elsewhere(&before))
        {
            self.forward.clear();
            push(&mut self.back, before);
        }
    }

    /// The place that was left last, which counts as gone to.
    pub(super) fn go_back(&mut self) -> Option<Place> {
        let place = self.back.pop()?;
        self.forward.extend(self.here.replace(place.clone()));
        self.arriving = true;
        Some(place)
    }

    /// The place that was gone back from last, which counts as gone to.
    pub(super) fn go_forward(&mut self) -> Option<Place> {
        let place = self.forward.pop()?;
        if let Some(here) = self.here.replace(place.clone()) {
            push(&mut self.back, here);
        }
        self.arriving = true;
        Some(place)
    }
}

fn push(places: &mut Vec<Place>, place: Place) {
    places.push(place);
    let excess = places.len().saturating_sub(MOST);
    places.drain(..excess);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(focus: &'static str, words: &str, ticket: i64) -> Place {
        let view = LastView { words: words.into(), ticket: Some(ticket), ..LastView::default() };
        Place { focus: Some(PaneId(focus)), view }
    }

    #[test]
    fn back_and_forward_lead_to_the_cursor_where_it_was_left() {
        let mut trail = Trail::default();
        trail.note(place("list", "", 1));
        trail.note(place("list", "", 2));
        trail.note(place("list", "vpn", 7));
        trail.note(place("preview", "vpn", 8));
        assert_eq!(trail.go_back(), Some(place("list", "vpn", 7)));
        assert_eq!(trail.go_back(), Some(place("list", "", 2)), "moving the cursor is no jump, but it is kept");
        assert_eq!(trail.go_back(), None);
        assert_eq!(trail.go_forward(), Some(place("list", "vpn", 7)));
        trail.note(place("list", "vpn", 2));
        trail.note(place("list", "vpn", 9));
        assert_eq!(trail.go_forward(), Some(place("preview", "vpn", 8)));
        assert_eq!(trail.go_back(), Some(place("list", "vpn", 9)));
        trail.note(place("clients", "", 1));
        assert_eq!(trail.go_forward(), None, "a jump from here makes what lay ahead void");
    }

    #[test]
    fn it_ends_somewhere() {
        let mut trail = Trail::default();
        for n in 0..200 {
            trail.note(place("list", &n.to_string(), n));
        }
        assert_eq!(std::iter::from_fn(|| trail.go_back()).count(), MOST);
    }
}
