package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SquadScoreTest {

  @Test
  void normalises() {
    assertEquals("denver broncos", SquadScore.normalise("The  Denver, Broncos!"));
    assertEquals("theatre another", SquadScore.normalise("theatre (an) another"));
    assertEquals("us economy 24–10", SquadScore.normalise("U.S. economy\t24–10"));
    assertEquals("", SquadScore.normalise(" The ... "));
  }

  @Test
  void exactMatchOverAllAnswers() {
    assertTrue(SquadScore.exact("the 308.", List.of("310", "308")));
    assertFalse(SquadScore.exact("308 points", List.of("310", "308")));
    assertFalse(SquadScore.exact("", List.of("308")));
  }

  @Test
  void f1IsTheBestHarmonicMean() {
    // 1 common word of 2 predicted and 1 gold: precision 1/2, recall 1.
    assertEquals(2.0 / 3, SquadScore.f1("308 points", List.of("310", "308")), 1e-12);
    assertEquals(0, SquadScore.f1("none of it", List.of("308")));
    assertEquals(1, SquadScore.f1("The Broncos", List.of("broncos")));
    // Common words are counted with multiplicity: 2 common of 3 and 2.
    assertEquals(0.8, SquadScore.f1("to to to", List.of("to to")), 1e-12);
    assertEquals(0, SquadScore.f1("", List.of("308")));
    assertEquals(0, SquadScore.f1("the", List.of("a")));
  }

  @Test
  void containmentF1IsOneForAnAnswerThatContainsTheGold() {
    List<String> gold = List.of("Denver Broncos");
    assertEquals(1, SquadScore.containmentF1("it was the denver broncos, I think", gold));
    assertEquals(4.0 / 9, SquadScore.f1("it was the denver broncos, I think so", gold), 1e-12);
    assertEquals(2.0 / 3, SquadScore.containmentF1("Broncos", gold), 1e-12);
  }
}
