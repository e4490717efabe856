package io.lorgnette.pocket.postcards.scene;

/**
 * The states whose flags fly on postcards, the most drawn first.
 *
 * <p>The rule, which a test recomputes: (1) members of the United Nations only, so no territory,
 * region, union or disputed state of the flag-icons set; (2) a rectangular flag that has stood
 * unchanged and uncontested for ten years; (3) a flag unlike that of every other member: both are
 * averaged over 16 x 12 cells, about what an encoder sees of a flag in a scene, and the root mean
 * square of the cells' CIE L*a*b* distance must be at least 31; (4) of the rest, forty much-visited
 * states of all continents, so that each is seen often enough to be learned.
 *
 * <p>Rule 3 leaves out, among others, Italy (Mexico), Ireland (Italy), the Netherlands (Paraguay,
 * Luxembourg), Belgium and Romania (Chad), Australia (New Zealand), Indonesia (Monaco), India
 * (Niger), Switzerland (Tonga), Turkey (Tunisia), Argentina (Honduras) and Morocco (Vietnam).
 */
public enum Country {
  FRANCE("fr", "France", "French"),
  UNITED_STATES("us", "the United States", "American"),
  UNITED_KINGDOM("gb", "the United Kingdom", "British"),
  JAPAN("jp", "Japan", "Japanese"),
  GERMANY("de", "Germany", "German"),
  SPAIN("es", "Spain", "Spanish"),
  GREECE("gr", "Greece", "Greek"),
  BRAZIL("br", "Brazil", "Brazilian"),
  CANADA("ca", "Canada", "Canadian"),
  SWEDEN("se", "Sweden", "Swedish"),
  PORTUGAL("pt", "Portugal", "Portuguese"),
  DENMARK("dk", "Denmark", "Danish"),
  SOUTH_KOREA("kr", "South Korea", "South Korean"),
  NORWAY("no", "Norway", "Norwegian"),
  AUSTRIA("at", "Austria", "Austrian"),
  SOUTH_AFRICA("za", "South Africa", "South African"),
  FINLAND("fi", "Finland", "Finnish"),
  THAILAND("th", "Thailand", "Thai"),
  JAMAICA("jm", "Jamaica", "Jamaican"),
  POLAND("pl", "Poland", "Polish"),
  CHILE("cl", "Chile", "Chilean"),
  KENYA("ke", "Kenya", "Kenyan"),
  ICELAND("is", "Iceland", "Icelandic"),
  CUBA("cu", "Cuba", "Cuban"),
  PERU("pe", "Peru", "Peruvian"),
  CZECH_REPUBLIC("cz", "the Czech Republic", "Czech"),
  UKRAINE("ua", "Ukraine", "Ukrainian"),
  PHILIPPINES("ph", "the Philippines", "Philippine"),
  TANZANIA("tz", "Tanzania", "Tanzanian"),
  MALAYSIA("my", "Malaysia", "Malaysian"),
  URUGUAY("uy", "Uruguay", "Uruguayan"),
  GEORGIA("ge", "Georgia", "Georgian"),
  NIGERIA("ng", "Nigeria", "Nigerian"),
  CAMBODIA("kh", "Cambodia", "Cambodian"),
  PANAMA("pa", "Panama", "Panamanian"),
  MADAGASCAR("mg", "Madagascar", "Malagasy"),
  LAOS("la", "Laos", "Laotian"),
  SEYCHELLES("sc", "the Seychelles", "Seychellois"),
  NAMIBIA("na", "Namibia", "Namibian"),
  SRI_LANKA("lk", "Sri Lanka", "Sri Lankan");

  private final String code;
  private final String place;
  private final String adjective;

  Country(String code, String place, String adjective) {
    this.code = code;
    this.place = place;
    this.adjective = adjective;
  }

  /** ISO 3166-1 alpha-2, lower case: the name of the file in flag-icons. */
  public String code() {
    return code;
  }

  /** The name as it stands after "It is". */
  public String place() {
    return place;
  }

  /** As in "the French flag". */
  public String adjective() {
    return adjective;
  }

  /** Earlier countries are drawn more often: the first about three times as often as the last. */
  static Country draw(Dice dice) {
    double u = dice.unit();
    return values()[(int) (values().length * u * (0.5 + 0.5 * u))];
  }
}
