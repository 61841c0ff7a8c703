import { Program } from '../../api/program';
import { sharedInstallation, type SharedInstallation } from '../../shared-installation';
import { describeInBrowser, TestBrowser } from '../chromium';
import { accurxStory } from './accurx.story';
import { healthcodeStory } from './healthcode.story';
import { healthieStory } from './healthie.story';
import { hipaatherapyStory } from './hipaatherapy.story';
import type { Stage } from './stage';

/** A story for each preset, in which a test goes on where the one before it ended; all on one installation. */
describeInBrowser('the four presets', () => {
  let installation: SharedInstallation;
  let stage: Stage;

  beforeAll(async () => {
    installation = await sharedInstallation();
    const { url } = installation;
    stage = { url, browser: await TestBrowser.start(url), program: new Program(url) };
  }, 180_000);
  afterAll(async () => {
    await stage.browser.close();
    await installation.remove();
  });

  describe('healthcode', () => healthcodeStory(() => stage));
  describe('accurx', () => accurxStory(() => stage));
  describe('healthie', () => healthieStory(() => stage));
  describe('hipaatherapy', () => hipaatherapyStory(() => stage));
});
