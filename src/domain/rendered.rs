//! A mail that is ready to go: rendered once, queued with the deed that caused it. Not how it is rendered or delivered.

use super::ids::{BookingId, PersonId, SiteId};
use super::person::Email;
use super::span::Instant;

/// What a mail is about; stored, shown to staff, never with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailKind {
    ConfirmAddress,
    AddressTaken,
    SignInLink,
    ResetPassword,
    OrganisationApplied,
    OrganisationApproved,
    OrganisationDeclined,
    Invitation,
    RequestReceived,
    DecisionNeeded,
    DecisionReminder,
    Tomorrow,
    Confirmed,
    Declined,
    Cancelled,
    Withdrawn,
    Expired,
    Displaced,
    Reinstated,
    Conditional,
    Changed,
    ChangeAsked,
    ChangeDeclined,
    Offer,
    OfferLapsed,
    StillNeeded,
    SeriesEnding,
    Shared,
    ShareEnded,
    PlotOffer,
    PlotOfferLapsed,
    TenancyBegun,
    TenancyRenewed,
    TenancyNotice,
    StillInterested,
    LineLapsed,
    PapersAwaited,
    PaperAccepted,
    PaperReturned,
    PaperToLookAt,
    PaperRunsOut,
    PaperRanOut,
    SlotConfirm,
    SlotBooked,
    SlotCancelled,
    Opening,
    FaultReported,
    FaultNear,
    FaultMended,
    ToRead,
    HandedOver,
    AttendanceWanted,
    AttendanceReminder,
    NoShow,
    DutyGiven,
    DutyChanged,
    DutyEnded,
    DutyHandedBack,
    CoverAsked,
    LeadsChanged,
    TodayLink,
    AccountAlert,
    ConfirmNewAddress,
    AddressChanged,
    RightsLapse,
}

impl MailKind {
    /// Each kind with its code in the database and the words for the list that staff see.
    const TABLE: &[(Self, &str, &str)] = &[
        (Self::ConfirmAddress, "confirm_address", "Confirm address"),
        (Self::AddressTaken, "address_taken", "Address already known"),
        (Self::SignInLink, "sign_in_link", "Sign-in link"),
        (Self::ResetPassword, "reset_password", "Reset password"),
        (Self::OrganisationApplied, "organisation_applied", "Organisation applied"),
        (Self::OrganisationApproved, "organisation_approved", "Organisation approved"),
        (Self::OrganisationDeclined, "organisation_declined", "Organisation declined"),
        (Self::Invitation, "invitation", "Invitation"),
        (Self::RequestReceived, "request_received", "Request received"),
        (Self::DecisionNeeded, "decision_needed", "Decision needed"),
        (Self::DecisionReminder, "decision_reminder", "Decision reminder"),
        (Self::Tomorrow, "tomorrow", "Reminder the day before"),
        (Self::Confirmed, "confirmed", "Confirmed"),
        (Self::Declined, "declined", "Declined"),
        (Self::Cancelled, "cancelled", "Cancelled"),
        (Self::Withdrawn, "withdrawn", "Withdrawn"),
        (Self::Expired, "expired", "Expired"),
        (Self::Displaced, "displaced", "Place lost"),
        (Self::Reinstated, "reinstated", "Put back"),
        (Self::Conditional, "conditional", "Approved on a condition"),
        (Self::Changed, "changed", "Changed"),
        (Self::ChangeAsked, "change_asked", "Change asked for"),
        (Self::ChangeDeclined, "change_declined", "Change declined"),
        (Self::Offer, "offer", "Waiting-list offer"),
        (Self::OfferLapsed, "offer_lapsed", "Waiting-list offer ran out"),
        (Self::StillNeeded, "still_needed", "Still needed?"),
        (Self::SeriesEnding, "series_ending", "Series ending"),
        (Self::Shared, "shared", "Shared"),
        (Self::ShareEnded, "share_ended", "No longer shared"),
        (Self::PlotOffer, "plot_offer", "Plot offered"),
        (Self::PlotOfferLapsed, "plot_offer_lapsed", "Plot offer ran out"),
        (Self::TenancyBegun, "tenancy_begun", "Plot let"),
        (Self::TenancyRenewed, "tenancy_renewed", "Tenancy renewed"),
        (Self::TenancyNotice, "tenancy_notice", "Notice received"),
        (Self::StillInterested, "still_interested", "Still interested?"),
        (Self::LineLapsed, "line_lapsed", "Left the plot list unanswered"),
        (Self::PapersAwaited, "papers_awaited", "Waits for papers"),
        (Self::PaperAccepted, "paper_accepted", "Paper accepted"),
        (Self::PaperReturned, "paper_returned", "Paper sent back"),
        (Self::PaperToLookAt, "paper_to_look_at", "Paper to look at"),
        (Self::PaperRunsOut, "paper_runs_out", "Paper runs out"),
        (Self::PaperRanOut, "paper_ran_out", "Paper ran out"),
        (Self::SlotConfirm, "slot_confirm", "Confirm a drop-off"),
        (Self::SlotBooked, "slot_booked", "Slot booked"),
        (Self::SlotCancelled, "slot_cancelled", "Slot cancelled"),
        (Self::Opening, "opening", "Opening and locking up"),
        (Self::FaultReported, "fault_reported", "Fault reported"),
        (Self::FaultNear, "fault_near", "Fault near a booking"),
        (Self::FaultMended, "fault_mended", "Fault mended"),
        (Self::ToRead, "to_read", "Something to read"),
        (Self::HandedOver, "handed_over", "Bookings handed over"),
        (Self::AttendanceWanted, "attendance_wanted", "How did it go?"),
        (Self::AttendanceReminder, "attendance_reminder", "How did it go? Reminder"),
        (Self::NoShow, "no_show", "Nobody came"),
        (Self::DutyGiven, "duty_given", "Duty given"),
        (Self::DutyChanged, "duty_changed", "Duty changed"),
        (Self::DutyEnded, "duty_ended", "Duty ended"),
        (Self::DutyHandedBack, "duty_handed_back", "Duty handed back"),
        (Self::CoverAsked, "cover_asked", "Help asked for"),
        (Self::LeadsChanged, "leads_changed", "Safeguarding leads changed"),
        (Self::TodayLink, "today_link", "Link to own sessions"),
        (Self::AccountAlert, "account_alert", "Something about the account"),
        (Self::ConfirmNewAddress, "confirm_new_address", "Confirm a new address"),
        (Self::AddressChanged, "address_changed", "Address changed"),
        (Self::RightsLapse, "rights_lapse", "Unused rights lapse"),
    ];

    fn row(self) -> Option<&'static (Self, &'static str, &'static str)> {
        Self::TABLE.iter().find(|(one, ..)| *one == self)
    }

    pub fn code(self) -> &'static str {
        self.row().map_or("", |(_, code, _)| code)
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::TABLE.iter().find(|(_, known, _)| *known == code).map(|(kind, ..)| *kind)
    }

    /// The words for the list that staff see.
    pub fn words(self) -> &'static str {
        self.row().map_or("", |(.., words)| words)
    }

    /// Mails that carry a link that is a right by itself; their text is erased at delivery and they are never sent again.
    pub fn holds_token(self) -> bool {
        matches!(
            self,
            Self::ConfirmAddress
                | Self::SignInLink
                | Self::ResetPassword
                | Self::Invitation
                | Self::SlotConfirm
                | Self::SlotBooked
                | Self::AttendanceWanted
                | Self::AttendanceReminder
                | Self::TodayLink
                | Self::ConfirmNewAddress
                | Self::AddressChanged
        ) || self.opens_a_plot()
    }

    /// Mails about plots open their page without an account.
    fn opens_a_plot(self) -> bool {
        matches!(
            self,
            Self::PlotOffer
                | Self::PlotOfferLapsed
                | Self::TenancyBegun
                | Self::TenancyRenewed
                | Self::TenancyNotice
                | Self::StillInterested
                | Self::LineLapsed
        )
    }
}

/// The calendar part of a mail (RFC 5545), with its iTIP method (RFC 5546).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarPart {
    pub method: &'static str,
    pub text: String,
}

/// A mail to one person.
#[derive(Debug, Clone)]
pub struct Rendered {
    pub kind: MailKind,
    pub to: Email,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub calendar: Option<CalendarPart>,
    pub site: Option<SiteId>,
    pub booking: Option<BookingId>,
    pub person: Option<PersonId>,
    pub reply_to: Option<Email>,
    /// Mails of one booking share a thread.
    pub thread: Option<String>,
    /// Dropped, not sent, when it has not left by then.
    pub not_after: Option<Instant>,
    /// Something that is mailed once only has a key of its own.
    pub once: Option<String>,
}
