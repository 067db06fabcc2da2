//! A form as a person fills it in: it starts with what the page shows and sends what a browser would send. It reads no
//! script and sends no file.
#![expect(clippy::panic, reason = "what tests share fails a test by panicking")]

use scraper::{ElementRef, Html};

use super::page::{resolve, selector, words_of};

/// Types of input that send nothing of their own accord.
const NOT_SENT: [&str; 5] = ["submit", "button", "image", "reset", "file"];

/// A form and what it would send now.
#[derive(Debug, Clone)]
pub struct Form {
    /// The path that it is sent to.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// Names and values in the order of the page.
    pub fields: Vec<(String, String)>,
    /// Every name that the form can send, for telling a misspelt one.
    names: Vec<String>,
    choices: Vec<Choice>,
}

/// Something to choose by its words: an option, a radio, a tick box or a button.
#[derive(Debug, Clone)]
struct Choice {
    name: String,
    value: String,
    label: String,
    /// The button's own path, where it has one.
    action: Option<String>,
}

impl Form {
    /// Gives a field this one value, in place of those that it had. Panics when the form has no such field; what a
    /// form does not have can be sent all the same with [`Form::add`].
    #[track_caller]
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Form {
        let known = self.names.iter().any(|known| known == name);
        assert!(known, "the form has no field {name}, but {:?}", self.names);
        let place = self.fields.iter().position(|(field, _)| field == name);
        let place = place.unwrap_or(self.fields.len());
        self.fields.retain(|(field, _)| field != name);
        self.fields.insert(place, (name.to_owned(), value.to_owned()));
        self
    }

    /// Sends nothing under this name.
    #[must_use]
    pub fn unset(mut self, name: &str) -> Form {
        self.fields.retain(|(field, _)| field != name);
        self
    }

    /// Sends one more value, whether or not the form has such a field.
    #[must_use]
    pub fn add(mut self, name: &str, value: &str) -> Form {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Chooses an option, radio, tick box or button by the words that a person sees on it. Panics with what there is to
    /// choose from.
    #[track_caller]
    #[must_use]
    pub fn choose(mut self, name: &str, visible_label: &str) -> Form {
        let wanted = |choice: &&Choice| choice.name == name && choice.label == visible_label;
        let Some(choice) = self.choices.iter().find(wanted).cloned() else {
            panic!("{name} has no choice {visible_label:?}, but {:?}", self.options(name));
        };
        if let Some(action) = choice.action {
            self.action = action;
        }
        // A button without a name sends nothing, it only says where to.
        if name.is_empty() { self } else { self.set(name, &choice.value) }
    }

    /// The value and the words of everything that can be chosen under this name.
    pub fn options(&self, name: &str) -> Vec<(String, String)> {
        let choices = self.choices.iter().filter(|choice| choice.name == name);
        choices.map(|choice| (choice.value.clone(), choice.label.clone())).collect()
    }

    /// The first value that would be sent under this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields.find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Reads a form as it stands on the page at `path`.
    #[track_caller]
    pub(super) fn read(html: &Html, element: ElementRef<'_>, path: &str) -> Form {
        assert!(element.value().name() == "form", "this is no form: {}", element.html());
        let encoding = element.attr("enctype").unwrap_or_default();
        assert!(encoding != "multipart/form-data", "a form with files is for post_raw: {}", element.html());
        let mut form = Form {
            action: resolve(path, element.attr("action").unwrap_or_default()),
            method: element.attr("method").unwrap_or("get").to_ascii_lowercase(),
            fields: Vec::new(),
            names: Vec::new(),
            choices: Vec::new(),
        };
        for control in html.select(&selector("input, select, textarea, button")) {
            if belongs(control, element) && !is_disabled(control) {
                form.read_control(html, control, path);
            }
        }
        form
    }

    fn read_control(&mut self, html: &Html, control: ElementRef<'_>, path: &str) {
        let name = control.attr("name").unwrap_or_default();
        match control.value().name() {
            "select" => self.read_select(control, name),
            "textarea" => self.field(name, &control.text().collect::<String>()),
            "button" => {
                if !["button", "reset"].contains(&control.attr("type").unwrap_or("submit")) {
                    let value = control.attr("value").unwrap_or_default();
                    self.choice(name, value, words_of(control), control.attr("formaction").map(|to| resolve(path, to)));
                }
            }
            _ => self.read_input(html, control, name, path),
        }
    }

    fn read_input(&mut self, html: &Html, input: ElementRef<'_>, name: &str, path: &str) {
        let kind = input.attr("type").unwrap_or("text").to_ascii_lowercase();
        let value = input.attr("value");
        if ["radio", "checkbox"].contains(&kind.as_str()) {
            let value = value.unwrap_or("on");
            self.choice(name, value, label_of(html, input), None);
            if input.attr("checked").is_some() {
                self.field(name, value);
            }
        } else if kind == "submit" {
            let label = value.unwrap_or("Submit");
            self.choice(name, label, label.to_owned(), input.attr("formaction").map(|to| resolve(path, to)));
        } else if !NOT_SENT.contains(&kind.as_str()) {
            self.field(name, value.unwrap_or_default());
        }
    }

    fn read_select(&mut self, select: ElementRef<'_>, name: &str) {
        let value_of = |option: ElementRef<'_>| option.attr("value").map_or_else(|| words_of(option), str::to_owned);
        let options = selector("option");
        let options = select.select(&options).filter(|option| !is_disabled(*option));
        let options: Vec<_> = options.collect();
        for option in &options {
            self.choice(name, &value_of(*option), words_of(*option), None);
        }
        let mut selected = options.iter().filter(|option| option.attr("selected").is_some());
        if select.attr("multiple").is_some() {
            for option in selected {
                self.field(name, &value_of(*option));
            }
        } else if let Some(option) = selected.next_back().or(options.first()) {
            self.field(name, &value_of(*option));
        }
    }

    /// A control that sends this value; one without a name sends nothing.
    fn field(&mut self, name: &str, value: &str) {
        if !name.is_empty() {
            self.names.push(name.to_owned());
            self.fields.push((name.to_owned(), value.to_owned()));
        }
    }

    fn choice(&mut self, name: &str, value: &str, label: String, action: Option<String>) {
        self.names.push(name.to_owned());
        self.choices.push(Choice { name: name.to_owned(), value: value.to_owned(), label, action });
    }
}

impl From<&Form> for Form {
    fn from(form: &Form) -> Form {
        form.clone()
    }
}

/// Whether a control is sent with this form: it names the form, or it stands inside and names no other.
fn belongs(control: ElementRef<'_>, form: ElementRef<'_>) -> bool {
    match control.attr("form") {
        Some(owner) => form.attr("id") == Some(owner),
        None => control.ancestors().any(|ancestor| ancestor.id() == form.id()),
    }
}

fn is_disabled(control: ElementRef<'_>) -> bool {
    let mut fieldsets = control.ancestors().filter_map(ElementRef::wrap);
    control.attr("disabled").is_some()
        || fieldsets
            .any(|outer| ["fieldset", "optgroup"].contains(&outer.value().name()) && outer.attr("disabled").is_some())
}

/// The words of the label that names an input or stands around it.
fn label_of(html: &Html, input: ElementRef<'_>) -> String {
    let labels = selector("label");
    let is_mine = |label: &ElementRef<'_>| {
        let named = label.attr("for").is_some() && label.attr("for") == input.attr("id");
        named || input.ancestors().any(|ancestor| ancestor.id() == label.id())
    };
    html.select(&labels).find(is_mine).map(words_of).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::page::Page;
    use super::Form;

    fn form() -> Form {
        let body = "<form id=f method=POST action='?step=2'>
            <input type=hidden name=token value=t><input name=title><input type=checkbox name=tick checked>
            <label><input type=radio name=privacy value=o checked> Organisation</label>
            <input type=radio name=privacy value=c id=c><label for=c>Confi<b>dential</b></label>
            <select name=room><option disabled>Pick</option><option value=1>Room  1</option><option>Hall</option></select>
            <select name=unit multiple><option selected>A</option><option>B</option><option selected>C</option></select>
            <textarea name=note>\nLine</textarea><input name=off disabled>
            <fieldset disabled><input name=far></fieldset><input type=submit name=go value=Send>
            <button name=go value=no>Decline it</button><button formaction=/cancel>Cancel</button></form>
            <input name=outside form=f value=1><input name=elsewhere>";
        let page = Page { status: 200, headers: vec![], body: body.to_owned(), path: "/a?step=1".to_owned() };
        page.form("#f")
    }

    #[test]
    fn a_form_starts_with_what_the_page_shows() {
        let form = form();
        assert_eq!((form.method.as_str(), form.action.as_str()), ("post", "/a?step=2"));
        let fields: Vec<_> = form.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let expected = "token=t title= tick=on privacy=o room=1 unit=A unit=C note=Line outside=1";
        assert_eq!(fields.join(" "), expected);
    }

    #[test]
    fn a_form_is_filled_in_by_name_and_by_the_words_on_it() {
        let form = form().set("title", "Group").unset("tick").add("extra", "1").set("unit", "B");
        let form = form.choose("room", "Hall").choose("privacy", "Confidential").choose("go", "Decline it");
        let form = form.choose("", "Cancel");
        let values = ["title", "tick", "extra", "room", "privacy", "go"].map(|name| form.value(name));
        assert_eq!(values, [Some("Group"), None, Some("1"), Some("Hall"), Some("c"), Some("no")]);
        assert_eq!(form.fields.iter().filter(|(name, _)| name == "unit").count(), 1);
        assert_eq!(Form::from(&form).action, "/cancel");
    }

    #[test]
    #[should_panic(expected = r#"room has no choice "Room 2", but [("1", "Room 1"), ("Hall", "Hall")]"#)]
    fn a_choice_that_is_absent_lists_those_that_are_there() {
        let _ = form().choose("room", "Room 2");
    }

    #[test]
    #[should_panic(expected = "the form has no field ttile")]
    fn a_misspelt_field_is_told() {
        let _ = form().set("ttile", "Group");
    }
}
